import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bridged, CadenceLearner, HOLE, runsOf } from '../../src/domain/cadence.ts';
import { HOUR, MINUTE } from '../../src/domain/time.ts';

const START = Date.parse('2026-04-02T10:00:00Z');

function distancesOf(stamps: readonly number[]): number[] {
  return stamps.slice(1).map((stamp, index) => stamp - (stamps[index] as number));
}

function learned(stamps: readonly number[], known: number | null = null): number | null {
  const learner = new CadenceLearner(known);
  learner.add(distancesOf(stamps));
  return learner.cadence;
}

const cadences = fc.integer({ min: 100, max: 24 * HOUR });

test('nothing is said of fewer than four samples', () => {
  expect(learned([0, MINUTE, 2 * MINUTE])).toBeNull();
  expect(learned([0, MINUTE, 2 * MINUTE, 3 * MINUTE])).toBe(MINUTE);
});

test('jitter, outages and lost samples do not move it', () => {
  const jitters = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 40, maxLength: 200 });
  fc.assert(
    fc.property(cadences, jitters, fc.integer({ min: 2, max: 10_000 }), (cadence, jitter, outage) => {
      // Every sixth sample is followed by an outage.
      let skipped = 0;
      const stamps = jitter.map((part, index) => {
        if (index % 6 === 5) skipped += outage;
        return START + Math.round((index + skipped) * cadence + (part / 1_000) * cadence);
      });
      const found = learned(stamps) as number;
      expect(Math.abs(found - cadence)).toBeLessThanOrEqual(0.21 * cadence);
    }),
  );
});

test('samples one by one, in parts or at once teach the same', () => {
  fc.assert(
    fc.property(cadences, fc.integer({ min: 4, max: 300 }), fc.integer({ min: 1, max: 50 }), (cadence, count, size) => {
      const stamps = Array.from({ length: count }, (_, index) => START + index * cadence);
      const distances = distancesOf(stamps);
      const learner = new CadenceLearner(null);
      for (let start = 0; start < distances.length; start += size) learner.add(distances.slice(start, start + size));
      expect(learner.cadence).toBe(learned(stamps));
    }),
  );
});

test('a sender that is set to another pace is followed', () => {
  const learner = new CadenceLearner(MINUTE);
  learner.add(Array.from({ length: 40 }, () => 5 * MINUTE));
  expect(learner.cadence).toBe(5 * MINUTE);
});

test('what the store knew goes on after a restart, whatever comes first', () => {
  const learner = new CadenceLearner(MINUTE);
  learner.add([3 * HOUR, 1, 2]);
  expect(learner.cadence).toBe(MINUTE);
});

test('samples that come as things happen are mostly one run', () => {
  const stamps: number[] = [];
  let state = 12_345;
  for (let at = START; stamps.length < 5_000; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    at += Math.ceil(-Math.log((state + 1) / 2 ** 31) * MINUTE);
    stamps.push(at);
  }
  expect(runsOf(stamps, learned(stamps)).length).toBeLessThan(stamps.length / 20);
});

const sortedStamps = fc
  .array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 60 })
  .map((minutes) => minutes.map((minute) => START + minute * MINUTE).sort((a, b) => a - b));

test('a run holds every stamp, ends a millisecond after its last, and has no hole inside', () => {
  fc.assert(
    fc.property(sortedStamps, fc.option(fc.integer({ min: 1, max: 20 })), (stamps, minutes) => {
      const cadence = minutes === null ? null : minutes * MINUTE;
      const runs = runsOf(stamps, cadence);
      for (const stamp of stamps) expect(runs.filter(({ from, to }) => stamp >= from && stamp < to)).toHaveLength(1);
      for (const { from, to } of runs) {
        const inside = stamps.filter((stamp) => stamp >= from && stamp < to);
        expect([inside[0], (inside.at(-1) as number) + 1]).toEqual([from, to]);
        for (const distance of distancesOf(inside)) expect(distance).toBeLessThanOrEqual(HOLE * (cadence ?? 0));
      }
    }),
  );
});

test('batches in any cut and order leave the runs of all their samples', () => {
  fc.assert(
    fc.property(
      sortedStamps,
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 60, maxLength: 60 }),
      (stamps, places) => {
        const cadence = 5 * MINUTE;
        const batches = Map.groupBy(stamps, (_, index) => places[index]);
        let ledger: readonly { from: number; to: number }[] = [];
        for (const batch of batches.values()) ledger = bridged(runsOf(batch, cadence), ledger, cadence);
        expect(ledger).toEqual(runsOf(stamps, cadence));
      },
    ),
  );
});

test.each([
  [1.74, 1],
  [1.75, 1],
  [1.76, 2],
  [2, 2],
])('samples %d cadences apart are %i runs', (factor, runs) => {
  expect(runsOf([START, START + Math.round(factor * MINUTE)], MINUTE)).toHaveLength(runs);
});
