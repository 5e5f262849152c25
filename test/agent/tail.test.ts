import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Tail, type TailEvent } from '../../src/agent/sources/tail.ts';
import type { FilePosition } from '../../src/agent/spool/record.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'varve-tail-'));
  path = join(folder, 'readings.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Looks until three looks found nothing. */
function drain(tail: Tail): { lines: string[]; events: TailEvent[]; position: FilePosition | null } {
  const lines: string[] = [];
  const events: TailEvent[] = [];
  let position: FilePosition | null = null;
  for (let idle = 0; idle < 6; ) {
    const read = tail.read();
    lines.push(...read.lines.map(({ text }) => text));
    position = read.lines.at(-1)?.position ?? position;
    events.push(...read.events);
    idle = read.lines.length > 0 || read.more ? 0 : idle + 1;
  }
  return { lines, events, position };
}

test('lines come once, when they are whole', () => {
  using tail = new Tail(path, null);
  expect(drain(tail)).toMatchObject({ lines: [], events: ['missing'] });
  writeFileSync(path, 'a\nb\r\nhal');
  expect(drain(tail)).toMatchObject({ lines: ['a', 'b'], events: ['found'] });
  appendFileSync(path, 'f\n');
  expect(drain(tail).lines).toEqual(['half']);
  expect(drain(tail).lines).toEqual([]);
});

test('a renamed file is read to its end, with what is written to it late, before its successor', () => {
  using tail = new Tail(path, null);
  writeFileSync(path, 'a\n');
  expect(drain(tail).lines).toEqual(['a']);
  appendFileSync(path, 'b\n');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'd\n');
  expect(tail.read().lines.map(({ text }) => text)).toEqual(['b']);
  expect(tail.read().lines).toEqual([]);
  appendFileSync(`${path}.1`, 'c, without an end');
  expect(drain(tail)).toMatchObject({ lines: ['c, without an end', 'd'], events: ['rotated'] });
});

test('a file written anew in place is read from its beginning, also when it is longer already', () => {
  using tail = new Tail(path, null);
  writeFileSync(path, 'first\nsecond\n');
  drain(tail);
  truncateSync(path, 0);
  appendFileSync(path, 'x\n');
  expect(drain(tail)).toMatchObject({ lines: ['x'], events: ['truncated'] });
  truncateSync(path, 0);
  appendFileSync(path, 'something longer\nthan before\n');
  expect(drain(tail)).toMatchObject({ lines: ['something longer', 'than before'], events: ['truncated'] });
});

test('goes on at the stored position, also where the file was renamed meanwhile', () => {
  writeFileSync(path, 'a\nb\n');
  using first = new Tail(path, null);
  const { position } = drain(first);
  appendFileSync(path, 'c\n');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'd\n');
  using second = new Tail(path, position);
  expect(drain(second).lines).toEqual(['c', 'd']);
});

test('files that were renamed by their date while nobody looked are read in their order', () => {
  writeFileSync(path, 'a\n');
  using first = new Tail(path, null);
  const { position } = drain(first);
  renameSync(path, `${path}-20261121`);
  writeFileSync(`${path}-20261123`, 'c\n');
  writeFileSync(`${path}-20261122`, 'b\n');
  writeFileSync(path, 'd\n');
  using second = new Tail(path, position);
  expect(drain(second).lines).toEqual(['b', 'c', 'd']);
});

test('says when the file in which it stopped is gone', () => {
  writeFileSync(path, 'a\n');
  using first = new Tail(path, null);
  const { position } = drain(first);
  writeFileSync(`${path}.new`, 'b\n');
  unlinkSync(path);
  renameSync(`${path}.new`, path);
  using second = new Tail(path, position);
  expect(drain(second)).toMatchObject({ lines: ['b'], events: ['lost'] });
});

test('however lines are written, renamed and read, and whenever reading begins anew, each comes once and in order', () => {
  const action = fc.oneof(
    { weight: 5, arbitrary: fc.record({ write: fc.integer({ min: 1, max: 5 }), cut: fc.nat(10) }) },
    { weight: 4, arbitrary: fc.constant('read' as const) },
    { weight: 1, arbitrary: fc.constant('rotate' as const) },
    { weight: 1, arbitrary: fc.constant('restart' as const) },
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 50 }), (actions) => {
      rmSync(folder, { recursive: true });
      folder = mkdtempSync(join(tmpdir(), 'varve-tail-'));
      path = join(folder, 'readings.log');
      writeFileSync(path, '');
      let tail = new Tail(path, null);
      const got: string[] = [];
      let position: FilePosition | null = null;
      let written = 0;
      let rest = '';
      let rotations = 0;
      const take = (lines: readonly { text: string; position: FilePosition }[]): void => {
        got.push(...lines.map(({ text }) => text));
        position = lines.at(-1)?.position ?? position;
      };
      for (const each of actions) {
        if (each === 'read') take(tail.read().lines);
        else if (each === 'restart') {
          tail[Symbol.dispose]();
          tail = new Tail(path, position);
        } else if (each === 'rotate') {
          // Before the first line there is no position by which a renamed file could be known.
          if (position === null) continue;
          appendFileSync(path, rest);
          rest = '';
          for (let number = rotations++; number >= 1; number--)
            renameSync(`${path}.${number}`, `${path}.${number + 1}`);
          renameSync(path, `${path}.1`);
          writeFileSync(path, '');
        } else {
          const text = rest + Array.from({ length: each.write }, () => `line ${written++}\n`).join('');
          const cut = text.length - Math.min(each.cut, text.length - 1);
          appendFileSync(path, text.slice(0, cut));
          rest = text.slice(cut);
        }
      }
      appendFileSync(path, rest);
      for (let look = 0; look < 200; look++) take(tail.read().lines);
      tail[Symbol.dispose]();
      expect(got).toEqual(Array.from({ length: written }, (_, index) => `line ${index}`));
    }),
    { numRuns: 100 },
  );
});
