// Plain JavaScript for the oldest supported system Node: everything else in this project runs on Node 24.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const OLDEST_MAJOR = 24;
const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const TOOL_PACKAGES = { biome: '@biomejs/biome', tsc: 'typescript' };

export const projectFolder = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(join(projectFolder, 'package.json'));

/** The Node that runs the project: this one if it is recent enough, else the pinned package. Undefined if neither is there. */
export function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_MAJOR) return process.execPath;
  const [system, program] = process.platform === 'win32' ? ['win', 'node.exe'] : [process.platform, 'node'];
  try {
    // Never through PATH: some npm versions lose the link when several packages bring the same program.
    return require.resolve(`node-${system}-${process.arch}/bin/${program}`);
  } catch {
    return undefined;
  }
}

/** Like findNode, but ends this process with a message when there is none. */
export function requireNode() {
  const node = findNode();
  if (node) return node;
  const platform = `${process.platform}-${process.arch}`;
  process.stderr.write(
    `varve: this needs Node ${OLDEST_MAJOR} or newer; here is ${process.version}, and no pinned Node for ${platform} is installed.\n` +
      `In a clone, npm start or npm ci installs one on Linux and Windows; elsewhere install Node ${OLDEST_MAJOR} or newer.\n`,
  );
  process.exit(1);
}

/** The file behind a tool's name (such as vitest), or the file at a path. Throws when the tool is not installed. */
export function programFile(nameOrPath) {
  if (/[./\\]/.test(nameOrPath)) return resolve(nameOrPath);
  const manifest = join(projectFolder, 'node_modules', TOOL_PACKAGES[nameOrPath] ?? nameOrPath, 'package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[nameOrPath]);
}

/**
 * Runs a program of the project under Node 24 with the given arguments: inside this process when it
 * is recent enough, else as a child whose exit code and signals become this process's own.
 */
export async function launch(file, args) {
  const node = requireNode();
  if (node === process.execPath) {
    process.argv = [node, file, ...args];
    module.enableCompileCache?.(join(projectFolder, 'node_modules', '.cache', 'varve-compile'));
    await import(pathToFileURL(file).href);
    return;
  }
  const child = spawn(node, [join(projectFolder, 'bin', 'run.mjs'), file, ...args], { stdio: 'inherit' });
  const stopForwarding = forwardSignals(child);
  child.on('error', (error) => {
    process.stderr.write(`varve: ${node} did not start: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    stopForwarding();
    process.kill(process.pid, signal);
  });
}

/** Passes the signals that ask this process to end on to a child. Returns how to stop that. */
export function forwardSignals(child) {
  const pass = (signal) => {
    // A terminal sends its interrupt to the whole process group: forwarding it would count twice.
    if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of FORWARDED_SIGNALS) process.on(signal, pass);
  return () => {
    for (const signal of FORWARDED_SIGNALS) process.off(signal, pass);
  };
}
