import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOW, read, readText } from './reading.ts';

const sample = { metric: 'room', device: 'pi', temperature: 21.5, humidity: 40, timestamp: NOW };
const both = { 'room.humidity{device=pi}': 40, 'room.temperature{device=pi}': 21.5 };

test.each([
  ['a list', JSON.stringify([sample])],
  ['a single sample', JSON.stringify(sample)],
  ['samples in an object', JSON.stringify({ samples: [sample] })],
  ['points in an object', ` \n{ "points" :\n [ ${JSON.stringify(sample, null, 2)} ] \n} \n`],
])('%s', (_name, body) => {
  expect(read('json', body)).toMatchObject({ last: both, accepted: 1, values: 2, rejected: [] });
});

test.each<[string, object, Record<string, number>]>([
  ['a value', { metric: 'm', value: 1 }, { 'm{device=push}': 1 }],
  ['a value without a metric', { value: 1 }, { 'value{device=push}': 1 }],
  ['fields without a metric', { temperature: 1, device: 'a' }, { 'temperature{device=a}': 1 }],
  [
    'dimensions',
    { metric: 'm', value: 1, dimensions: { low: 0, high: 2 } },
    { 'm{device=push}': 1, 'm.low{device=push}': 0, 'm.high{device=push}': 2 },
  ],
  [
    'labels',
    { metric: 'm', value: 1, labels: { room: 'grün & blau', nothing: null } },
    { 'm{device=push,room=grün & blau}': 1 },
  ],
  ['a host', { metric: 'm', value: 1, labels: { host: 'pi' } }, { 'm{device=pi,host=pi}': 1 }],
  ['null fields', { metric: 'm', value: null, a: null, b: 2 }, { 'm.b{device=push}': 2 }],
  ['booleans', { metric: 'm', value: true }, { 'm{device=push}': 1 }],
])('%s', (_name, given, expected) => {
  expect(read('json', JSON.stringify(given))).toMatchObject({ last: expected, rejected: [] });
});

test.each<[unknown, string]>([
  [{ metric: 'm', value: '1' }, 'value must be a number, got the text "1"; texts go into labels'],
  [{ metric: 'm', a: '1' }, 'a must be a number, got the text "1"; texts go into labels'],
  [{ metric: 'm', dimensions: { a: [1] } }, 'a must be a number'],
  [{ metric: 'm', a: { b: 1 } }, 'a must be a number; further names go into labels'],
  [{ metric: 'm' }, 'no numbers: give value, dimensions or further members that are numbers'],
  [{ metric: 5, value: 1 }, 'metric must be a text'],
  [{ metric: 'm', value: 1, labels: ['a'] }, 'labels must be an object of texts'],
  [{ metric: 'm', value: 1, labels: { a: 1 } }, 'label a must be a text'],
  [{ metric: 'm', value: 1, kind: 'level' }, 'kind must be one of gauge, counter, event-count, distribution, snapshot'],
  [
    { metric: 'my metric', value: 1 },
    'metric "my metric" must start with a letter and hold at most 200 of a-z A-Z 0-9 _ . : / -',
  ],
  [
    { metric: 'm', value: 1, timestamp: NOW / 1000 },
    `timestamp ${NOW / 1000} was read as milliseconds and looks like seconds; say precision=s`,
  ],
  [
    { metric: 'm', value: 1, timestamp: 'yesterday' },
    'timestamp "yesterday" is neither a whole number of milliseconds nor ISO 8601 with a zone',
  ],
  [
    { metric: 'm', value: 1, timestamp: '2026-04-02T10:00:00' },
    'timestamp "2026-04-02T10:00:00" is neither a whole number of milliseconds nor ISO 8601 with a zone',
  ],
  [{ metric: 'm', value: 1, timestamp: {} }, 'timestamp must be a number or a text'],
  [5, 'a sample is an object'],
  [null, 'a sample is an object'],
  [[], 'a sample is an object'],
])('%j is rejected: %s', (given, reason) => {
  const body = [sample, given, sample];
  expect(read('json', JSON.stringify(body))).toMatchObject({ rejected: [{ line: 2, reason }], values: 4 });
  expect(read('ndjson', body.map((one) => JSON.stringify(one)).join('\n'))).toMatchObject({
    rejected: [{ line: 2, reason }],
    values: 4,
  });
});

test('a line that is no JSON costs itself only', () => {
  const { rejected, accepted } = read('ndjson', `{"value":1}\n{"value":\n\n{"value":2}\r\n`);
  expect(rejected).toEqual([{ line: 2, reason: expect.stringMatching(/^no JSON: /) }]);
  expect(accepted).toBe(2);
});

test.each([
  ['ns', '1700000000123999999', 1_700_000_000_123],
  ['ns', '"1700000000123999999"', 1_700_000_000_123],
  ['us', '1700000000123999', 1_700_000_000_123],
  ['s', '1700000000.5', 1_700_000_000_500],
  ['ms', '"2023-11-14T22:13:20.123999Z"', 1_700_000_000_123],
  ['ns', '"2023-11-14T23:13:20.123+01:00"', 1_700_000_000_123],
] as const)('a stamp in %s: %s', (precision, stamp, expected) => {
  expect(read('json', `{"value":1,"timestamp":${stamp}}`, { precision })).toMatchObject({
    stamps: [expected],
    rejected: [],
  });
});

test('history of before the year 2000 is no mistake', () => {
  expect(read('json', '[{"value":1,"timestamp":2678400000},{"value":1,"timestamp":0}]').rejected).toEqual([]);
});

test.each([
  ['', 'the body is empty'],
  ['hello', 'the body is no JSON list or object: it begins with "hello"'],
  ['[{"value":1}', 'the JSON ends too early: a bracket, brace or text is not closed'],
  ['[{"value":1', 'the JSON ends too early: a bracket, brace or text is not closed'],
  ['[{"value":1}] x', 'the JSON ends, and "x" follows; one sample a line is sent as application/x-ndjson'],
  [
    '{"value":1}\n{"value":2}',
    'the JSON ends, and "{\\"value\\":2}" follows; one sample a line is sent as application/x-ndjson',
  ],
  [
    '{"samples":[{"value":1}],"device":"a"}',
    'an object with many samples holds nothing but the list "samples" or "points"; found ",\\"device\\":\\"a\\"}" after it',
  ],
  ['[{"value":1}}', 'the JSON ends, and "}" follows; one sample a line is sent as application/x-ndjson'],
])('the body %j cannot be read: %s', (body, message) => {
  expect(() => read('json', body)).toThrow(message);
});

test('lists of any samples are read alike, however the body is cut', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', ',', 'ü', '\n'),
    maxLength: 12,
    minLength: 1,
  });
  const samples = fc.array(fc.record({ value: fc.integer(), labels: fc.record({ a: text }) }), {
    minLength: 1,
    maxLength: 10,
  });
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 30 }), fc.boolean(), (list, size, isEnveloped) => {
      const body = JSON.stringify(isEnveloped ? { points: list } : list, null, size % 3);
      const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
        body.slice(index * size, (index + 1) * size),
      );
      const found = readText('json', pieces);
      expect(found.rejected).toEqual([]);
      expect(found.values).toBe(list.length);
      expect(new Set(found.all.map(([, value]) => value))).toEqual(new Set(list.map(({ value }) => value)));
    }),
  );
});
