import { expect, test } from 'vitest';
import {
  axisLabels,
  axisSteps,
  percentText,
  quantity,
  shortValueText,
  valueText,
} from '../../web/src/values/format-value.ts';

test('values are scaled in the unit they have', () => {
  expect(valueText(1_536, 'bytes')).toBe('1.5 KiB');
  expect(valueText(2 ** 31, 'bytes/s')).toBe('2 GiB/s');
  expect(valueText(90_000, 'ms')).toBe('1.5 min');
  expect(valueText(0.25, 's')).toBe('250 ms');
  expect(valueText(12.345, '%')).toBe('12.3%');
  expect(valueText(1_234.6, 'viewers')).toBe('1,234.6 viewers');
  expect(valueText(12_345_678, 'viewers')).toBe('12.3M viewers');
  expect(valueText(-0.000_012, '')).toBe('-1.20e-5');
  expect(quantity(0, 'bytes')).toEqual({ number: '0', unit: 'B' });
});

test('a unit that was just read is not said again', () => {
  expect(shortValueText(5, 'viewers')).toBe('5');
  expect(shortValueText(2_048, 'bytes')).toBe('2 KiB');
});

test('percentages do not round to what they are not', () => {
  expect([1, 0.999_99, 0.999_2, 0.5, 0.000_01, 0].map(percentText)).toEqual([
    '100%',
    '>99.99%',
    '99.92%',
    '50%',
    '<0.01%',
    '0%',
  ]);
});

test('axis labels share a unit and have the decimals that tell them apart', () => {
  expect(axisLabels([0, 2_000, 4_000], 'viewers')).toEqual(['0', '2k', '4k']);
  expect(axisLabels([2_000, 2_200, 2_400], '')).toEqual(['2.0k', '2.2k', '2.4k']);
  expect(axisLabels([1_013, 1_013.5, 1_014], 'hPa')).toEqual(['1,013.0', '1,013.5', '1,014.0']);
  expect(axisLabels([0, 2.5, 5], '%')).toEqual(['0%', '2.5%', '5.0%']);
  expect(axisLabels([2 ** 20, 2 ** 21], 'bytes')).toEqual(['1 MiB', '2 MiB']);
});

test('axes of bytes and times have steps of their own', () => {
  expect(axisSteps('bytes')).toContain(2 ** 20);
  expect(axisSteps('s')).toContain(60);
  expect(axisSteps('viewers')).toBeUndefined();
});
