import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeRecords, type NewRecord } from '../../src/agent/spool/record.ts';
import { listSegments } from '../../src/agent/spool/segment.ts';
import { Spool, type SpoolLoss } from '../../src/agent/spool/spool.ts';
import { SpoolInUse } from '../../src/agent/spool/spool-lock.ts';

const folders: string[] = [];
const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'varve-spool-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const record = (at: number, size = 20): NewRecord => ({
  head: { at, stamp: at, position: null },
  line: `${at}:`.padEnd(size, 'x'),
});
const ALL = { records: 1_000_000, bytes: Number.POSITIVE_INFINITY };
const open = (folder: string, limit = 10_000_000, losses: SpoolLoss[] = []): Spool =>
  new Spool(folder, { limit, onLoss: (loss) => losses.push(loss) });
const numbersOf = (lines: readonly { readonly line: string }[]): number[] =>
  lines.map(({ line }) => Number.parseInt(line, 10));

const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      sizes: fc.array(fc.integer({ min: 8, max: 3_000 }), { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('acknowledge' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  // A write that was under way when the process was killed or the power went: some of its bytes, perhaps zeros, are there.
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('kill' as const),
      part: fc.double({ min: 0, max: 0.999, noNaN: true }),
      zeros: fc.nat(20),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
);

test('whatever was taken is read once, in order, behind what was acknowledged, through any kills', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const folder = makeFolder();
      // Segments of 16 KB, so that a few appends fill one.
      let spool = open(folder, 200_000_000 / 1_000);
      let cursor = spool.unsent();
      let taken = 0;
      let acknowledged = 0;
      const read: number[] = [];
      const reopen = (): void => {
        cursor[Symbol.dispose]();
        spool[Symbol.dispose]();
        spool = open(folder, 200_000_000 / 1_000);
        cursor = spool.unsent();
        read.length = 0;
      };
      for (const step of actions) {
        if (step.do === 'append') {
          spool.append(step.sizes.map((size) => record(++taken, size)));
        } else if (step.do === 'acknowledge') {
          const found = cursor.read({ records: 1 + Math.floor(step.part * 10), bytes: 5_000 });
          read.push(...numbersOf(found));
          const last = found.at(-1)?.sequence;
          if (last !== undefined) {
            spool.acknowledge(last);
            acknowledged = last;
          }
          expect(read).toEqual([...read.keys()].map((index) => acknowledged - read.length + 1 + index));
        } else if (step.do === 'kill') {
          const torn = encodeRecords([record(taken + 1), record(taken + 2)], spool.next);
          const last = listSegments(folder).at(-1);
          cursor[Symbol.dispose]();
          spool[Symbol.dispose]();
          // The second record is never whole, and the first only with some chance: then it was taken.
          const kept = Math.floor(torn.length * step.part);
          if (last) appendFileSync(last.path, Buffer.concat([torn.subarray(0, kept), Buffer.alloc(step.zeros)]));
          if (last && kept >= torn.length / 2) taken++;
          spool = open(folder, 200_000_000 / 1_000);
          cursor = spool.unsent();
          read.length = 0;
        } else reopen();
        expect(spool.waiting).toBe(taken - acknowledged);
      }
      reopen();
      expect(numbersOf(cursor.read(ALL))).toEqual(
        Array.from({ length: taken - acknowledged }, (_, index) => acknowledged + 1 + index),
      );
      expect(spool.newest?.at ?? 0).toBe(taken);
      cursor[Symbol.dispose]();
      spool[Symbol.dispose]();
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 150 },
  );
});

test('a segment cut at any byte keeps every whole record before the cut and takes new ones behind it', () => {
  const folder = makeFolder();
  const spool = open(folder);
  spool.append([1, 2, 3, 4].map((at) => record(at, 30)));
  spool[Symbol.dispose]();
  const [segment] = listSegments(folder);
  const bytes = readFileSync(segment?.path ?? '');
  const lengths = [1, 2, 3, 4].map(
    (count) =>
      encodeRecords(
        [1, 2, 3, 4].slice(0, count).map((at) => record(at, 30)),
        1,
      ).length,
  );
  expect(lengths.at(-1)).toBe(bytes.length);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const own = makeFolder();
    writeFileSync(join(own, 'segment-0000000000000001.log'), bytes.subarray(0, cut));
    const again = open(own);
    again.append([record(9)]);
    const whole = lengths.filter((length) => length <= cut).length;
    using cursor = again.unsent();
    expect(numbersOf(cursor.read(ALL))).toEqual([...[1, 2, 3, 4].slice(0, whole), 9]);
    again[Symbol.dispose]();
  }
});

describe('damage', () => {
  test('a flipped bit costs the rest of its segment, is told, and does not stop the others', () => {
    const folder = makeFolder();
    const losses: SpoolLoss[] = [];
    const spool = open(folder, 1_000_000, losses);
    for (let at = 1; at <= 100; at++) spool.append([record(at, 2_000)]);
    const segments = listSegments(folder);
    expect(segments.length).toBeGreaterThan(2);
    const bytes = readFileSync(segments[0]?.path ?? '');
    bytes[2 * 2_100] = (bytes[2 * 2_100] ?? 0) ^ 1;
    writeFileSync(segments[0]?.path ?? '', bytes);
    using cursor = spool.unsent();
    const first = cursor.read(ALL);
    spool.acknowledge(first.at(-1)?.sequence ?? 0);
    const rest = cursor.read(ALL);
    const lost = (segments[1]?.first ?? 0) - 1 - first.length;
    expect(losses).toEqual([{ kind: 'damaged', records: lost }]);
    expect(lost).toBeGreaterThan(0);
    expect(numbersOf([...first, ...rest])).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1).filter(
        (at) => at <= first.length || at >= (segments[1]?.first ?? 0),
      ),
    );
    spool[Symbol.dispose]();
  });

  test('a position that cannot be read means that all is sent again', () => {
    const folder = makeFolder();
    const spool = open(folder);
    spool.append([record(1), record(2)]);
    spool.acknowledge(1);
    spool[Symbol.dispose]();
    truncateSync(join(folder, 'acknowledged.json'), 5);
    const again = open(folder);
    using cursor = again.unsent();
    expect(numbersOf(cursor.read(ALL))).toEqual([1, 2]);
    again[Symbol.dispose]();
  });

  test('records that vanished from the end give their numbers to no new ones below the acknowledged position', () => {
    const folder = makeFolder();
    const spool = open(folder);
    spool.append([record(1), record(2), record(3)]);
    spool.acknowledge(3);
    spool[Symbol.dispose]();
    truncateSync(listSegments(folder)[0]?.path ?? '', 10);
    const again = open(folder);
    again.append([record(4)]);
    using cursor = again.unsent();
    expect(numbersOf(cursor.read(ALL))).toEqual([4]);
    again[Symbol.dispose]();
  });
});

test('a full spool drops the oldest, and says how many that no server has', () => {
  const folder = makeFolder();
  const losses: SpoolLoss[] = [];
  const spool = open(folder, 100_000, losses);
  for (let at = 1; at <= 200; at++) {
    spool.append([record(at, 1_000)]);
    expect(spool.bytes).toBeLessThanOrEqual(100_000);
  }
  const dropped = losses.reduce((total, loss) => total + (loss.kind === 'dropped' ? loss.records : 0), 0);
  expect(dropped).toBeGreaterThan(90);
  expect(spool.acknowledged.dropped).toBe(dropped);
  using cursor = spool.unsent();
  expect(numbersOf(cursor.read(ALL))).toEqual(Array.from({ length: 200 - dropped }, (_, index) => dropped + 1 + index));
  spool[Symbol.dispose]();
});

test('acknowledged segments are deleted; acknowledged records are dropped without a word', () => {
  const folder = makeFolder();
  const losses: SpoolLoss[] = [];
  const spool = open(folder, 100_000, losses);
  for (let at = 1; at <= 300; at++) {
    spool.append([record(at, 1_000)]);
    spool.acknowledge(at);
  }
  expect(losses).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.endsWith('.log'))).toHaveLength(1);
  spool[Symbol.dispose]();
});

test('one process at a time has a spool', () => {
  const folder = makeFolder();
  const spool = open(folder);
  expect(() => open(folder)).toThrow(SpoolInUse);
  spool[Symbol.dispose]();
  open(folder)[Symbol.dispose]();
});
