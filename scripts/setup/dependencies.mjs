import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNode, projectFolder } from '../../bin/runtime.mjs';
import { run } from './processes.mjs';
import { giveUp, say, seconds } from './say.mjs';

const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH/;

/**
 * Makes sure that node_modules holds exactly what the lock file says: for `runtime` without the
 * development tools, for `development` with them. Does nothing when it does already, however it was installed.
 */
export async function ensureDependencies(scope) {
  if (isInstalled(scope) && findNode()) return;
  const began = Date.now();
  say(scope === 'runtime' ? 'installing the dependencies (once)' : 'installing the dependencies and tools (once)');
  // Said outright, because NODE_ENV or a user's npm settings could ask for something else.
  const which = ['--include=optional', scope === 'runtime' ? '--omit=dev' : '--include=dev'];
  const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000'];
  const [command, prefix] = npm();
  const args = [...prefix, 'ci', ...which, ...patience, '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await run(command, args, { shell: process.platform === 'win32' && prefix.length === 0 });
  if (code !== 0 && UNREACHABLE.test(output)) {
    giveUp('the package registry cannot be reached: check the network and the proxy settings of npm, then try again');
  }
  if (code !== 0) giveUp(`npm ci failed with code ${code}; its own words are above`);
  say(`dependencies installed in ${seconds(began)}`);
}

/** The npm that runs this script, or else the one on the search path. */
function npm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  // Under the Node that npm itself uses: the one in node_modules disappears while npm ci works.
  if (script?.endsWith('npm-cli.js')) return [node ?? process.execPath, [script]];
  return ['npm', []];
}

function isInstalled(scope) {
  try {
    const wanted = packagesOf('package-lock.json');
    const present = packagesOf(join('node_modules', '.package-lock.json'));
    return Object.entries(wanted)
      .filter(([path, entry]) => path.includes('node_modules/') && isNeeded(entry, scope))
      .every(([path, entry]) => isSame(present[path], entry));
  } catch {
    return false;
  }
}

function packagesOf(file) {
  return JSON.parse(readFileSync(join(projectFolder, file), 'utf8')).packages;
}

/** Optional packages count when they are the ones for this platform; those split by C library cannot be told apart here. */
function isNeeded(entry, scope) {
  if (scope === 'runtime' && (entry.dev || entry.devOptional)) return false;
  if (!entry.optional) return true;
  return !entry.libc && entry.os?.includes(process.platform) && entry.cpu?.includes(process.arch);
}

function isSame(present, wanted) {
  return present !== undefined && present.version === wanted.version && present.integrity === wanted.integrity;
}
