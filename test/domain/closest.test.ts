import { expect, test } from 'vitest';
import { closest } from '../../src/domain/closest.ts';

const zones = ['UTC', 'Europe/Berlin', 'Europe/Dublin', 'America/New_York', 'Asia/Kolkata'];

test.each([
  ['Europe/Berlim', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['America/NewYork', 'America/New_York'],
  ['Asia/Kolkatta', 'Asia/Kolkata'],
  ['utc', 'UTC'],
])('%s means %s', (text, meant) => {
  expect(closest(text, zones)).toBe(meant);
});

test('what is near nothing means nothing', () => {
  expect(closest('Atlantis/Capital', zones)).toBeUndefined();
  expect(closest('x'.repeat(100_000), zones)).toBeUndefined();
  expect(closest('UTC', [])).toBeUndefined();
});
