import { describe, expect, test } from 'vitest';
import { readingLine, readLine } from '../../src/agent/reading.ts';
import { detectFormat, type ReadingOptions, ReadingParser, readOutput } from '../../src/agent/reading-parser.ts';

const options: ReadingOptions = { device: 'pi', metric: '', precision: undefined };
const AT = Date.parse('2026-11-23T10:00:00Z');

describe('what a command writes', () => {
  test.each([
    ['21.5\n', 'number', [{ at: null, metric: '', fields: { value: 21.5 } }]],
    ['-3e2', 'number', [{ at: null, metric: '', fields: { value: -300 } }]],
    [
      '{"temperature": 20, "humidity": 40}',
      'ndjson',
      [{ at: null, metric: '', fields: { temperature: 20, humidity: 40 } }],
    ],
    ['{\n "value": 1,\n "metric": "m"\n}\n', 'json', [{ at: null, metric: 'm', fields: { value: 1 } }]],
    [
      `[{"value":1,"timestamp":${AT}},{"value":2}]`,
      'json',
      [
        { at: AT, metric: '', fields: { value: 1 } },
        { at: null, metric: '', fields: { value: 2 } },
      ],
    ],
    [
      'temperature,humidity\n20,40\n21,\n',
      'csv',
      [
        { at: null, metric: '', fields: { temperature: 20, humidity: 40 } },
        { at: null, metric: '', fields: { temperature: 21 } },
      ],
    ],
    [
      `room,place=attic temperature=20i,humidity=40 ${AT}000000\nroom v=1\n`,
      'line',
      [
        { at: AT, metric: 'room', fields: { temperature: 20, humidity: 40 } },
        { at: null, metric: 'room', fields: { v: 1 } },
      ],
    ],
  ] as const)('%j is read as %s', (text, format, readings) => {
    expect(detectFormat(text)).toBe(format);
    const parsed = readOutput(text, undefined, options);
    expect(parsed.refused).toEqual([]);
    expect(parsed.readings).toMatchObject(readings);
    expect(parsed.readings.every(({ labels }) => labels.device === 'pi')).toBe(true);
  });

  test.each([
    ['', 'nothing was written'],
    ['{"value": "warm"}', 'value must be a number, got the text "warm"; texts go into labels'],
    [
      '{"value": 1, "timestamp": 1763892000}',
      'timestamp 1763892000 was read as milliseconds and looks like seconds; say precision=s',
    ],
  ])('%j is refused with the reason', (text, reason) => {
    expect(readOutput(text, undefined, options)).toMatchObject({ readings: [], refused: [{ reason }] });
  });

  test('a stamp ahead of our own clock is the server’s to judge', () => {
    const at = Date.parse('2080-01-01T00:00:00Z');
    expect(readOutput(`{"value":1,"timestamp":${at}}`, undefined, options).readings).toMatchObject([{ at }]);
  });
});

test('lines are read one by one, the bad ones told beside the good ones', () => {
  const parser = new ReadingParser('csv', { ...options, metric: 'room' });
  expect(parser.line('time,temperature')).toEqual({ readings: [], refused: [] });
  expect(parser.line(`${AT},20`).readings).toMatchObject([{ at: AT, metric: 'room', fields: { temperature: 20 } }]);
  expect(parser.line(`${AT},warm`)).toEqual({
    readings: [],
    refused: [{ line: `${AT},warm`, reason: expect.stringContaining('must be a number') }],
  });
  expect(parser.line(',21').readings).toMatchObject([{ at: null, fields: { temperature: 21 } }]);
});

test('the line that is kept gives the reading back, whatever its fields are called', () => {
  const fields = { value: 1, unit: 2, title: 3, timestamp: 4, labels: 5 };
  const reading = { at: null, metric: 'm', labels: { device: 'pi' }, fields, described: { unit: '°C' } };
  const line = readingLine(reading, AT);
  expect(readLine(line)).toMatchObject({ at: AT, metric: 'm', labels: { device: 'pi' }, fields });
  // The server reads the same out of it.
  expect(readOutput(line, 'ndjson', options).readings).toEqual([{ ...reading, at: AT }]);
});
