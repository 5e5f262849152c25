import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

export interface Row {
  readonly what: string;
  readonly value: string;
  /** The number that is promised; `measured` is held against it. */
  readonly bound?: number;
  readonly measured?: number;
  /** The bound is a least, not a most. */
  readonly least?: boolean;
}

const FILE = join(import.meta.dirname, 'RESULTS.md');

/** Prints results as they come and writes each suite's section of RESULTS.md with the machine and the date. */
export class Report {
  #tables: string[] = [];

  note(text: string): void {
    process.stderr.write(`… ${text}\n`);
  }

  table(title: string, rows: readonly Row[]): void {
    const lines = rows.map(({ what, value, bound, measured, least }) => {
      if (bound === undefined || measured === undefined) return `| ${what} | ${value} | |`;
      const kept = least ? measured >= bound : measured <= bound;
      return `| ${what} | ${value} | ${least ? 'at least' : 'at most'} ${bound.toLocaleString('en')}: ${kept ? 'kept' : '**missed**'} |`;
    });
    const text = [`### ${title}`, '', '| what | measured | promised |', '|---|---|---|', ...lines, ''].join('\n');
    process.stdout.write(`${text}\n`);
    this.#tables.push(text);
  }

  /** Replaces the section of a suite, and leaves those of the others as they are. */
  write(suite: string, today: string): void {
    const cores = cpus();
    const machine = `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`;
    const section = [`## ${suite}`, '', `Measured ${today} on ${machine}.`, '', ...this.#tables].join('\n');
    const before = readFileSync(FILE, 'utf8');
    const [head = '', ...sections] = before.split(/^(?=## )/m);
    const kept = sections.filter((other) => !other.startsWith(`## ${suite}\n`));
    const parts = [head, ...[...kept, section].sort()].map((part) => part.trim());
    writeFileSync(FILE, `${parts.join('\n\n')}\n`);
    this.#tables = [];
  }
}
