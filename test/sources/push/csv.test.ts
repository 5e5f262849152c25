import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOW, read, readText } from './reading.ts';

test.each<[string, string, Record<string, number>]>([
  [
    'fields',
    `timestamp,temperature,humidity\n${NOW},21.5,40\n`,
    { 'temperature{device=push}': 21.5, 'humidity{device=push}': 40 },
  ],
  ['metric and device', `time,metric,device,value\n${NOW},room,pi,1\n`, { 'room{device=pi}': 1 }],
  ['labels', `time,metric,label:room,value\n${NOW},m,"big, blue",1\n`, { 'm{device=push,room=big, blue}': 1 }],
  ['semicolons', `time;a;b\r\n${NOW};1;2\r\n`, { 'a{device=push}': 1, 'b{device=push}': 2 }],
  ['tabs', `time\ta\n${NOW}\t1`, { 'a{device=push}': 1 }],
  ['quotes', `"time","my ""odd"" column"\n"${NOW}","1"\n`, { 'my__odd__column{device=push}': 1 }],
  ['empty cells', `time,a,b\n${NOW},,2\n`, { 'b{device=push}': 2 }],
  ['a byte order mark', `\uFEFFtime,a\n${NOW},1\n`, { 'a{device=push}': 1 }],
  ['no stamps', 'a\n1\n', { 'a{device=push}': 1 }],
])('%s', (_name, body, expected) => {
  expect(read('csv', body)).toMatchObject({ last: expected, rejected: [] });
});

test('a row that does not fit costs itself only', () => {
  const { rejected, accepted } = read('csv', `time,a\n${NOW},1\n${NOW}\n${NOW},x\n\n2026-04-02,2\nnever,3\n`);
  expect(rejected).toEqual([
    { line: 3, reason: '1 cells, and the first row names 2 columns' },
    { line: 4, reason: 'a must be a number, got "x"' },
    { line: 7, reason: 'timestamp "never" is neither a whole number of milliseconds nor ISO 8601 with a zone' },
  ]);
  expect(accepted).toBe(2);
});

test.each([
  ['', 'the first row must name the columns'],
  ['time,device\n', 'the first row names no column with numbers'],
  ['time,a,a\n', 'the first row names a twice'],
  ['time,,a\n', 'one of them has no name'],
  ['time,a\n1,"2', 'the last cell has no end: a quotation mark is not closed'],
])('%j cannot be read: %s', (body, message) => {
  expect(() => read('csv', body)).toThrow(message);
});

test('cells of any text are read back, however the body is cut', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ü'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 20 }), (cells, size) => {
      const rows = cells.map((text, index) => `${NOW - index},"${text.replaceAll('"', '""')}",${index}`);
      const body = ['time,label:text,value', ...rows].join('\r\n');
      const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
        body.slice(index * size, (index + 1) * size),
      );
      const { last, rejected } = readText('csv', pieces);
      expect(rejected).toEqual([]);
      expect(Object.keys(last)).toEqual(expect.arrayContaining(cells.map((text) => `value{device=push,text=${text}}`)));
    }),
  );
});
