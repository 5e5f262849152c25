import { spawn } from 'node:child_process';
import { forwardSignals, programFile, projectFolder, requireNode } from '../../bin/runtime.mjs';

/** Output kept of a process, to explain its failure. */
const KEPT_OUTPUT = 20_000;

/**
 * Runs a process with its output on standard error.
 * Resolves with its exit code (1 if it did not start or died of a signal) and the last of its output.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { cwd: projectFolder, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const pass = (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
      process.stderr.write(chunk);
    };
    child.stdout.on('data', pass);
    child.stderr.on('data', pass);
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs a tool of node_modules under Node 24 on this terminal. Resolves with its exit code. */
export function runTool(name, args, folder = projectFolder) {
  return new Promise((resolve) => {
    const child = spawn(requireNode(), [programFile(name), ...args], { cwd: folder, stdio: 'inherit' });
    const stopForwarding = forwardSignals(child);
    const end = (code) => {
      stopForwarding();
      resolve(code);
    };
    child.on('error', () => end(1));
    child.on('close', (code) => end(code ?? 1));
  });
}
