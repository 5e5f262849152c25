import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Finished {
  readonly output: string;
  readonly seconds: number;
  /** Largest resident memory of the process, in MiB. */
  readonly mebibytes: number;
}

const ROOT = join(import.meta.dirname, '..');

/** Runs a program of this project to its end under the same Node. Throws when it fails. */
export async function runToEnd(file: string, args: readonly string[], folder: string): Promise<Finished> {
  const begin = performance.now();
  const child = spawn(process.execPath, [join(ROOT, file), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  let mebibytes = 0;
  const watch = setInterval(() => {
    mebibytes = Math.max(mebibytes, peakMemory(child.pid ?? 0));
  }, 100);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}`);
  return { output, seconds: (performance.now() - begin) / 1_000, mebibytes };
}

/** Peak resident memory of a process in MiB, as Linux keeps it; 0 where it does not. */
export function peakMemory(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
