import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QuantileSketch, RELATIVE_ERROR } from '../../src/domain/quantile-sketch.ts';

const sketchOf = (values: readonly number[]): QuantileSketch => {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
};

const latency = fc.oneof(fc.nat(100), fc.nat(100_000), fc.nat(10_000_000_000));

test('a quantile is off by at most the stated error', () => {
  fc.assert(
    fc.property(
      fc.array(latency, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const exact = [...values].sort((left, right) => left - right)[Math.floor(q * (values.length - 1))] as number;
        const said = sketchOf(values).quantile(q) as number;
        expect(Math.abs(said - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR * (1 + 1e-9));
      },
    ),
  );
});

test('sketches of parts, packed and unpacked, add up to the sketch of the whole', () => {
  fc.assert(
    fc.property(fc.array(latency), fc.array(latency), (left, right) => {
      const merged = sketchOf(left);
      const packed = sketchOf(right);
      merged.mergeEncoded(packed.encode(), packed.sum);
      const whole = sketchOf([...left, ...right]);
      expect([merged.encode(), merged.count, merged.sum]).toEqual([whole.encode(), whole.count, whole.sum]);
      const again = new QuantileSketch();
      again.merge(whole);
      expect(again.encode()).toBe(whole.encode());
    }),
  );
});

test('what is taken out again leaves no trace', () => {
  fc.assert(
    fc.property(fc.array(latency), fc.array(latency), (stay, go) => {
      const sketch = sketchOf([...stay, ...go]);
      for (const value of go) sketch.add(value, -1);
      expect([sketch.encode(), sketch.count, sketch.sum]).toEqual([
        sketchOf(stay).encode(),
        stay.length,
        sketchOf(stay).sum,
      ]);
    }),
  );
});

test('of nothing there is no quantile and no average', () => {
  const sketch = new QuantileSketch();
  expect([sketch.quantile(0.5), sketch.average, sketch.encode()]).toEqual([null, null, '']);
});
