import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonBytes } from '../../src/http/json-bytes.ts';

const json = new JsonBytes();

const written = (value: number): string => {
  json.number(value);
  return json.take().toString();
};

test('numbers read back as they were', () => {
  const edges = [
    0,
    -0,
    1,
    -1,
    9,
    10,
    99,
    999_999_999,
    1e9,
    1_000_000_001,
    1e15 - 1,
    1e15,
    -1e15,
    2 ** 53,
    5e-324,
    1.5,
    -2.25,
  ];
  for (const value of edges) expect(JSON.parse(written(value))).toBe(value === 0 ? 0 : value);
  const check = (value: number): void => {
    expect(written(value)).toBe(JSON.stringify(value === 0 ? 0 : value));
  };
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), check));
  fc.assert(fc.property(fc.maxSafeInteger(), check), { numRuns: 1_000 });
});

test('a sum that overflowed is the largest number', () => {
  expect(JSON.parse(written(Number.POSITIVE_INFINITY))).toBe(Number.MAX_VALUE);
  expect(JSON.parse(written(Number.NEGATIVE_INFINITY))).toBe(-Number.MAX_VALUE);
});

test('pieces of any size are written in order, again, and in any language', () => {
  const title = 'Überblick 観 𝕏 "quoted"\u2028';
  json.ascii('[');
  for (let count = 0; count < 20_000; count++) {
    json.number(count);
    json.comma();
  }
  const before = json.place;
  json.json({ title });
  const after = json.place;
  json.comma();
  json.repeat(before, after);
  json.ascii(']');
  const expected = [...Array(20_000).keys(), { title }, { title }];
  expect(JSON.parse(json.take().toString())).toEqual(expected);
  json.ascii('null');
  expect(json.take().toString()).toBe('null');
});
