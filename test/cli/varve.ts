import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/varve.mjs', import.meta.url));

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs, as a user would have started it in a folder. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Resolves with the first match in what it said so far or says later; fails when it ends without one. */
  said(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>;
}

/** A folder of its own to run `varve` in, with nothing of the environment of the tests. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'varve-cli-'));

  readonly #children: ChildProcess[] = [];

  [Symbol.dispose](): void {
    // Those of a test that failed half-way.
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.path, { recursive: true, force: true });
  }

  write(name: string, content: string): string {
    const file = join(this.path, name);
    writeFileSync(file, content);
    return file;
  }

  /** Configures archives, each an object literal as text. */
  configure(...archives: readonly string[]): void {
    this.write(
      'varve.config.ts',
      `import { defineConfig } from 'varve';\nexport default defineConfig({ hostSource: false, archives: [${archives.join(', ')}] });\n`,
    );
  }

  start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    nodeArguments: readonly string[] = [],
    input?: string,
  ): Running {
    const child = spawn(process.execPath, [...nodeArguments, BIN, ...args], {
      cwd: this.path,
      env: { PATH: '/usr/bin:/bin', HOME: this.path, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    }) as ChildProcessByStdio<Writable | null, Readable, Readable>;
    child.stdin?.end(input);
    this.#children.push(child);
    const heard = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (part: string) => {
        heard[stream] += part;
      });
    }
    const ended = once(child, 'close').then(([code]): Outcome => ({ code: code as number | null, ...heard }));
    const said: Running['said'] = async (stream, pattern) => {
      for (;;) {
        const match = pattern.exec(heard[stream]);
        if (match) return match;
        if (child.exitCode !== null) throw new Error(`ended without ${pattern}: ${heard.stdout}${heard.stderr}`);
        await Promise.race([once(child[stream], 'data'), once(child, 'exit')]);
      }
    };
    return { child, ended, said };
  }

  run(...args: readonly string[]): Promise<Outcome> {
    return this.start(args).ended;
  }
}
