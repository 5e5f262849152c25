import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOW, type Read, read, readText } from './reading.ts';

const at = `${NOW}000000`;

test.each<[string, string, Record<string, number>]>([
  ['a number', 'temp value=21.5', { 'temp{device=push}': 21.5 }],
  ['fields', 'temp,host=pi in=1,out=2i', { 'temp.in{device=pi,host=pi}': 1, 'temp.out{device=pi,host=pi}': 2 }],
  [
    'whole numbers',
    'm a=-5i,b=7u,c=18446744073709551615u',
    { 'm.a{device=push}': -5, 'm.b{device=push}': 7, 'm.c{device=push}': 2 ** 64 },
  ],
  [
    'exponents and signs',
    'm a=1e3,b=-2.5E-2,c=+4,d=.5,e=6.',
    {
      'm.a{device=push}': 1000,
      'm.b{device=push}': -0.025,
      'm.c{device=push}': 4,
      'm.d{device=push}': 0.5,
      'm.e{device=push}': 6,
    },
  ],
  [
    'booleans',
    'm a=t,b=T,c=true,d=True,e=TRUE,f=f,g=FALSE',
    {
      'm.a{device=push}': 1,
      'm.b{device=push}': 1,
      'm.c{device=push}': 1,
      'm.d{device=push}': 1,
      'm.e{device=push}': 1,
      'm.f{device=push}': 0,
      'm.g{device=push}': 0,
    },
  ],
  ['a device', 'm,device=esp value=1', { 'm{device=esp}': 1 }],
  [
    'escapes in every name',
    'my\\ room\\,big,ta\\ g=a\\,b\\=c\\ d fi\\=eld=3',
    { 'my_room_big.fi_eld{device=push,ta_g=a,b=c d}': 3 },
  ],
  ['backslashes that escape nothing', 'm,path=C:\\dir value=1', { 'm{device=push,path=C:\\dir}': 1 }],
  ['names with odd characters', 'cpu%,näme=grün usage\\ idle=1', { 'cpu_.usage_idle{device=push,n_me=grün}': 1 }],
  ['a name that begins with a digit', '1wire value=1', { '_1wire{device=push}': 1 }],
  ['texts beside numbers', 'm s="a \\" , = b",a=1,t="\\\\",b=2', { 'm.a{device=push}': 1, 'm.b{device=push}': 2 }],
  ['a line end inside a text', 'm s="one\ntwo",a=1', { 'm.a{device=push}': 1 }],
  ['spaces between the parts', '  m   a=1  ', { 'm.a{device=push}': 1 }],
  [
    'many digits',
    'm a=3.14159265358979323846,b=9007199254740993i',
    { 'm.a{device=push}': Math.PI, 'm.b{device=push}': 9007199254740992 },
  ],
])('%s', (_name, line, expected) => {
  const { last, rejected } = read('line', `${line} ${at}\n`);
  expect(rejected).toEqual([]);
  expect(last).toEqual(expected);
});

test.each([
  ['temp', 'no fields: "temp"'],
  ['temp value', 'a field needs a name, "=" and a value: "value"'],
  ['temp value=', 'a field has no value'],
  ['temp value=1,', 'a field needs a name, "=" and a value: ""'],
  ['temp value=abc', '"abc" is no finite number, boolean or quoted text'],
  ['temp value=1e999', '"1e999" is no finite number, boolean or quoted text'],
  ['temp value=NaN', '"NaN" is no finite number, boolean or quoted text'],
  ['temp value=1.5i', '"1.5i" is no finite number, boolean or quoted text'],
  ['temp value=-1u', '"-1u" is no finite number, boolean or quoted text'],
  ['temp value="x"y', 'a field ends in "y"; expected a comma or a space'],
  ['temp value="x', 'the text field has no closing quotation mark'],
  [',host=a value=1', 'no measurement: ",host=a"'],
  ['temp,host value=1', 'a tag needs a name, "=" and a value: "host"'],
  ['temp,host= value=1', 'a tag needs a name, "=" and a value: "host="'],
  ['temp,a=1,a=2 value=1', 'the tag a stands twice'],
  ['temp value=1 12x', 'timestamp "12x" is neither a whole number of nanoseconds nor ISO 8601 with a zone'],
  [`temp value=1 ${NOW}`, `timestamp ${NOW} was read as nanoseconds and looks like milliseconds; say precision=ms`],
  [
    `temp value=1 ${NOW / 1000}`,
    `timestamp ${NOW / 1000} was read as nanoseconds and looks like seconds; say precision=s`,
  ],
  [
    `temp value=1 ${NOW + 3_600_000}000000`,
    `timestamp 2026-04-02T11:17:30.000Z is in the future (now 2026-04-02T10:17:30.000Z); the clock of the sender runs ahead by 3600 s`,
  ],
  ['temp value=1 -1000000000', 'timestamp -1000000000 in nanoseconds is not between 1970 and 2199'],
])('%j is rejected: %s', (line, reason) => {
  const { rejected, values } = read('line', `good value=1 ${at}\n${line}\ngood value=2 ${NOW - 1}000000\n`);
  expect(rejected).toEqual([{ line: 2, reason }]);
  expect(values).toBe(2);
});

test('the sender is named by the parameter, the tag device, or the tag host; no tag is lost', () => {
  const line = 'm,device=sda,host=pi value=1';
  expect(read('line', line).last).toEqual({ 'm{device=pi,device_tag=sda,host=pi}': 1 });
  expect(read('line', line, { device: 'barn' }).last).toEqual({ 'm{device=barn,device_tag=sda,host=pi}': 1 });
  expect(read('line', 'm,device=esp value=1', { device: 'esp' }).last).toEqual({ 'm{device=esp}': 1 });
});

test('comments and blank lines are lines, and stamps may be left out', () => {
  const { last, rejected, stamps } = read('line', '# a comment\r\n\r\n   \r\nm a=1\r\n#m a=2\r\nbad\r\n');
  expect(last).toEqual({ 'm.a{device=push}': 1 });
  expect(stamps).toEqual([NOW]);
  expect(rejected.map(({ line }) => line)).toEqual([6]);
});

test('texts are counted and left out', () => {
  expect(read('line', `m a="x",b=1,c="y" ${at}\nm a="only" ${at}`)).toMatchObject({
    ignoredFields: 3,
    accepted: 1,
    rejected: [],
  });
});

test.each([
  ['ns', '1700000000123999999', 1_700_000_000_123],
  ['us', '1700000000123999', 1_700_000_000_123],
  ['ms', '1700000000123', 1_700_000_000_123],
  ['s', '1700000000', 1_700_000_000_000],
  ['m', '28333333', 1_699_999_980_000],
  ['h', '472222', 1_699_999_200_000],
] as const)('stamps in %s are cut to milliseconds, not rounded', (precision, stamp, expected) => {
  expect(read('line', `m a=1 ${stamp}`, { precision }).stamps).toEqual([expected]);
});

test('a quotation mark that nobody closes costs its own line only', () => {
  const lines = [
    `m s="open,a=1 ${at}`,
    ...Array.from({ length: 50 }, (_, index) => `m a=${index},s="text ${index}" ${NOW - index}000000`),
  ];
  const { accepted, rejected } = read('line', lines.join('\n'));
  expect(rejected).toEqual([{ line: 1, reason: 'the text field has no closing quotation mark' }]);
  expect(accepted).toBe(50);
});

test('a body of stray quotation marks is read in one pass', () => {
  const { rejected, rejectedOmitted } = read('line', `m s="x\n`.repeat(20_000));
  expect(rejected.length + rejectedOmitted).toBeGreaterThan(9_999);
});

const name = fc
  .string({ minLength: 1, maxLength: 8 })
  .filter((text) => !/[\n\r\\"#]/.test(text) && text.trim() === text && text !== '');
const escaped = (text: string): string => text.replace(/[,= ]/g, '\\$&');
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.integer(),
  fc.double({ min: -1000, max: 1000, noNaN: true }).map((value) => Math.round(value * 100) / 100 + 0),
);

test('what was written is read, however the body is cut', () => {
  const sample = fc.record({
    measurement: name,
    tag: name,
    field: name,
    value: number,
    ago: fc.integer({ min: 0, max: 1e9 }),
  });
  fc.assert(
    fc.property(
      fc.array(sample, { minLength: 1, maxLength: 20 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (samples, cuts) => {
        const body = samples
          .map(
            ({ measurement, tag, field, value, ago }) =>
              `${escaped(measurement)},t=${escaped(tag)} ${escaped(field)}=${value} ${NOW - ago}000000`,
          )
          .join('\n');
        const whole = read('line', body);
        expect(whole.rejected).toEqual([]);
        expect(whole.all).toEqual(expect.arrayContaining(samples.map(({ value, ago }) => [NOW - ago, value])));
        expect(whole.values).toBe(samples.length);
        expect(readText('line', pieces(body, cuts))).toEqual(whole);
      },
    ),
  );
});

test('any text is read without an exception, and every line is accounted for', () => {
  fc.assert(
    fc.property(
      fc.string({
        maxLength: 200,
        unit: fc.constantFrom('a', '=', ',', ' ', '"', '\\', '1', '.', 'i', '\n', '-', 'e', 't', '#'),
      }),
      (body) => {
        const whole: Read = read('line', body);
        expect(whole.accepted + whole.rejected.length).toBeLessThanOrEqual(body.split('\n').length);
      },
    ),
    { numRuns: 2_000 },
  );
});

function pieces(body: string, cuts: Iterable<number>): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const length of cuts) {
    if (start >= body.length) break;
    parts.push(body.slice(start, start + length));
    start += length;
  }
  return parts;
}
