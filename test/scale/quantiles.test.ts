import { expect, test } from 'vitest';
import { QuantileSketch } from '../../src/domain/quantile-sketch.ts';

const DAYS = 90;
const VALUES = 10_000_000;

test('p50 and p95 of 10 million values from 90 daily sketches, packed and unpacked, are within 1 % of exact', () => {
  const values = new Float64Array(VALUES);
  const days = Array.from({ length: DAYS }, () => new QuantileSketch());
  for (let index = 0; index < VALUES; index++) {
    // Seconds to days, and each day of another kind.
    const day = index % DAYS;
    const value = Math.floor(1_000 * Math.exp(11 * Math.random() * Math.random() + day / 60));
    values[index] = value;
    (days[day] as QuantileSketch).add(value);
  }
  values.sort();
  const whole = new QuantileSketch();
  for (const day of days) whole.mergeEncoded(day.encode(), day.sum);
  expect(whole.count).toBe(VALUES);
  for (const quantile of [0.5, 0.95]) {
    const exact = values[Math.floor(quantile * (VALUES - 1))] as number;
    const off = Math.abs((whole.quantile(quantile) as number) / exact - 1);
    process.stdout.write(`p${quantile * 100}: ${(off * 100).toFixed(3)} % off\n`);
    expect(off).toBeLessThan(0.01);
  }
}, 180_000);
