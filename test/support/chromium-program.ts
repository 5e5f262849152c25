import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium as playwright } from 'playwright-core';
import { type Peer, run } from './supervise.ts';

/** How to start the browser of a test run. */
export interface ChromiumProgram {
  executablePath: string;
  args: string[];
  env: Record<string, string>;
}

/** Nothing but the page under test uses the network. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

/**
 * Finds a browser that runs: CHROMIUM_PATH, Debian's, playwright's own download, the npm package.
 * Throws when none does, with the reason of each.
 */
export async function startChromium(): Promise<Peer<ChromiumProgram>> {
  const reasons: string[] = [];
  for (const find of [fromEnvironment, fromDebian, fromPlaywright, fromPackage]) {
    try {
      const program = await find();
      return { connection: program, stop: () => Promise.resolve() };
    } catch (error) {
      reasons.push(`${find.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new Error(`No Chromium runs here.\n${reasons.join('\n')}`);
}

function fromEnvironment(): Promise<ChromiumProgram> {
  return installed(process.env.CHROMIUM_PATH ?? '');
}

function fromDebian(): Promise<ChromiumProgram> {
  return installed('/usr/bin/chromium');
}

function fromPlaywright(): Promise<ChromiumProgram> {
  return installed(playwright.executablePath());
}

async function installed(executablePath: string): Promise<ChromiumProgram> {
  // The sandbox cannot be had by root, and a container's shared memory is small.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', '--disable-dev-shm-usage', ...QUIET] : QUIET;
  return whichRuns({ executablePath, args, env: {} });
}

/** The package unpacks itself into the temporary folder, and can bring the libraries that a bare Debian lacks. */
async function fromPackage(): Promise<ChromiumProgram> {
  const { default: packaged, inflate } = await import('@sparticuz/chromium');
  // Its own recommended flags put everything into one process, which dies at the first navigation.
  const args = ['--no-sandbox', '--disable-gpu', '--headless=shell', ...QUIET];
  const executablePath = await packaged.executablePath();
  const env = { FONTCONFIG_PATH: join(tmpdir(), 'fonts') };
  return whichRuns({ executablePath, args, env }).catch(async () => {
    const module = dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium')));
    const libraries = await inflate(join(module, '..', 'bin', 'al2023.tar.br'));
    return whichRuns({ executablePath, args, env: { ...env, LD_LIBRARY_PATH: join(libraries, 'lib') } });
  });
}

async function whichRuns(program: ChromiumProgram): Promise<ChromiumProgram> {
  await access(program.executablePath);
  await run(program.executablePath, ['--version'], { env: { ...process.env, ...program.env }, timeout: 20_000 });
  return program;
}
