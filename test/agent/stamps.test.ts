import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClockStep, Stamps } from '../../src/agent/stamps.ts';

/** A machine whose wall clock can be set while its monotonic one goes on. */
class Machine {
  wall = Date.parse('2026-11-23T10:00:00Z');
  even = 0;

  now(): number {
    return Math.floor(this.wall);
  }

  monotonic(): number {
    return this.even;
  }

  pass(milliseconds: number): void {
    this.wall += milliseconds;
    this.even += milliseconds;
  }
}

test('follows the wall clock, also when it is set forward', () => {
  const machine = new Machine();
  const steps: ClockStep[] = [];
  const stamps = new Stamps(machine, null, (step) => steps.push(step));
  expect(stamps.next()).toBe(machine.now());
  machine.pass(10_000);
  expect(stamps.next()).toBe(machine.now());
  machine.wall += 3_600_000;
  machine.pass(10_000);
  expect(stamps.next()).toBe(machine.now());
  expect(steps).toEqual([{ at: machine.now(), by: 3_600_000 }]);
});

test('set back by an hour: counts on at half the pace, and the wall clock has caught up after two hours', () => {
  const machine = new Machine();
  const steps: ClockStep[] = [];
  const stamps = new Stamps(machine, null, (step) => steps.push(step));
  const first = stamps.next();
  machine.wall -= 3_600_000;
  machine.pass(10_000);
  expect(stamps.next()).toBe(first + 10_000);
  expect(steps).toEqual([{ at: machine.now(), by: -3_600_000 }]);
  machine.pass(10_000);
  expect(stamps.next()).toBe(first + 15_000);
  expect(stamps.ahead).toBe(3_600_000 - 5_000);
  machine.pass(7_180_000);
  expect(stamps.next()).toBeGreaterThan(machine.now());
  machine.pass(20_000);
  expect(stamps.next()).toBe(machine.now());
  expect(stamps.ahead).toBe(0);
  expect(steps).toHaveLength(1);
});

test('goes on behind the last stamp after a restart with a clock that was set back', () => {
  const machine = new Machine();
  const last = machine.now() + 60_000;
  const stamps = new Stamps(machine, last, () => {});
  expect(stamps.next()).toBe(last + 1);
  machine.pass(10_000);
  expect(stamps.next()).toBe(last + 5_000);
});

test('whatever happens to the clock, and whenever it is restarted, each stamp is later than the one before', () => {
  const event = fc.oneof(
    fc.record({ pass: fc.double({ min: 0, max: 100_000, noNaN: true }) }),
    fc.record({ step: fc.integer({ min: -10_000_000, max: 10_000_000 }) }),
    fc.constant({ restart: true as const }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const machine = new Machine();
      let stamps = new Stamps(machine, null, () => {});
      let last = stamps.next();
      for (const each of events) {
        if ('pass' in each) machine.pass(each.pass);
        else if ('step' in each) machine.wall += each.step;
        else {
          machine.even = 0;
          stamps = new Stamps(machine, last, () => {});
        }
        const stamp = stamps.next();
        expect(Number.isInteger(stamp)).toBe(true);
        expect(stamp).toBeGreaterThan(last);
        last = stamp;
      }
    }),
  );
});
