import { spawn } from 'node:child_process';
import type { Clock } from '../../domain/time.ts';

/** What a run of a command left. */
export type CommandOutcome =
  | { readonly output: string }
  /** It wrote nothing that is taken; the words say why and quote its standard error. */
  | { readonly problem: string };

const MOST_OUTPUT = 4 * 1024 * 1024;
const MOST_ERROR_TEXT = 500;
/** Between asking a process group to end and making it. */
const KILL_AFTER = 2_000;

/**
 * Runs a line in the shell and returns its standard output. A run that exits with another code than 0, writes more than 4 MB or takes longer than
 * `timeout` is a problem, and its output is not taken: it may be half of one. What it started ends with it, however deep: it gets a process
 * group of its own, which is ended as a whole.
 */
export function runCommand(line: string, timeout: number, clock: Clock, signal: AbortSignal): Promise<CommandOutcome> {
  const { promise, resolve } = Promise.withResolvers<CommandOutcome>();
  const child = spawn('/bin/sh', ['-c', line], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const output: Buffer[] = [];
  let bytes = 0;
  let errorText = '';
  let problem: string | undefined;
  let stopKilling: (() => void) | undefined;
  const kill = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The group has ended already.
    }
  };
  const end = (why: string): void => {
    if (problem !== undefined) return;
    problem = why;
    kill('SIGTERM');
    stopKilling = clock.after(KILL_AFTER, () => kill('SIGKILL'));
  };
  const stopTimer = clock.after(timeout, () => end(`took longer than ${timeout / 1_000} s and was ended`));
  const interrupt = (): void => end('was ended because the agent stops');
  signal.addEventListener('abort', interrupt, { once: true });
  child.stdout.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > MOST_OUTPUT) end(`wrote more than ${MOST_OUTPUT} bytes and was ended`);
    else output.push(part);
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    errorText = (errorText + part).slice(-MOST_ERROR_TEXT);
  });
  child.on('error', (error) => {
    problem ??= `could not be started: ${error.message}`;
  });
  child.on('exit', () => {
    // Its pipes are open as long as anything it started in the background lives; nothing of that outlives the run.
    kill('SIGKILL');
  });
  child.on('close', (code, signalName) => {
    stopTimer();
    stopKilling?.();
    signal.removeEventListener('abort', interrupt);
    const said = errorText.trim() === '' ? '' : `: ${errorText.trim()}`;
    if (problem === undefined && code !== 0) {
      problem = signalName === null ? `exited with code ${code}` : `was ended by ${signalName}`;
    }
    resolve(problem === undefined ? { output: Buffer.concat(output).toString() } : { problem: `${problem}${said}` });
  });
  return promise;
}
