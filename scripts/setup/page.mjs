import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { programFile, projectFolder, requireNode } from '../../bin/runtime.mjs';
import { run } from './processes.mjs';
import { giveUp, say, seconds } from './say.mjs';

const webFolder = join(projectFolder, 'web');
const stampFile = join(projectFolder, 'node_modules', '.cache', 'varve-page.stamp');

/** Builds the page into web/dist unless it was built from exactly these sources and dependencies. */
export async function ensurePage() {
  const fingerprint = fingerprintOfSources();
  if (existsSync(join(webFolder, 'dist', 'index.html')) && readStamp() === fingerprint) return;
  const began = Date.now();
  say('building the page');
  rmSync(stampFile, { force: true });
  const { code } = await run(requireNode(), [programFile('vite'), 'build', '--logLevel', 'warn'], {
    cwd: webFolder,
    // A test run has another, and would leave React's slow half-megabyte of development behind for everybody.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (code !== 0) giveUp('the page could not be built; the reason is above');
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, fingerprint);
  say(`page built in ${seconds(began)}`);
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined;
}

function fingerprintOfSources() {
  const hash = createHash('sha256');
  // The page shares the list of windows and the like with the server.
  const shared = filesBelow(join(projectFolder, 'src', 'domain'));
  for (const file of [join(projectFolder, 'package-lock.json'), ...shared, ...filesBelow(webFolder)]) {
    hash.update(file.slice(projectFolder.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist' && !name.startsWith('.'))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}
