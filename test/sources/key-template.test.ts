import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../../src/blobs/blobs.ts';
import { DAY, floorTo, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { KeyTemplate } from '../../src/sources/archive/key-template.ts';

const TEMPLATES = [
  '{yyyy}/{MM}/{dd}/{HH}{mm}.json',
  'snapshots/{yyyy}/{MM}/{dd}/{HH}{mm}.json',
  '{yyyy}{MM}{dd}{HH}{mm}{ss}{SSS}',
  'a.b+c/{yyyy}-{MM}-{dd}.json.gz',
  'day={yyyy}-{MM}-{dd}/hour={HH}/{*}.json',
  '{yyyy}/{MM}/{dd}/{yyyy}-{MM}-{dd}T{HH}-{mm}-{ss}-{*}.json',
  '{yyyy}/{MM}/{dd}/{unix}.json',
  'x/{unix}',
  'x/{unixMs}{*}',
  '{unix}.{SSS}.json',
].map((text) => new KeyTemplate(text));

/** From when the epoch has ten digits of seconds, as a key of one width needs. */
const instants = fc.integer({ min: Date.UTC(2001, 8, 10), max: Date.UTC(2199, 11, 31) });
const templates = fc.constantFrom(...TEMPLATES);
const wildcards = fc.string({ unit: fc.constantFrom(...'09azAZ-_.\u00e9\u{1f30a}') });

test('what is rendered is parsed, at the resolution of the template', () => {
  fc.assert(
    fc.property(templates, instants, wildcards, (template, at, wildcard) => {
      expect(template.parse(template.render(at, wildcard))).toBe(floorTo(at, template.resolution));
    }),
  );
});

test('keys sort as their times do', () => {
  fc.assert(
    fc.property(templates, instants, instants, wildcards, wildcards, (template, a, b, wildA, wildB) => {
      const [early, late] = [a, b].map((at) => floorTo(at, template.resolution));
      if (early === late) return;
      const order = compareKeys(template.render(a, wildA), template.render(b, wildB));
      expect(Math.sign(order)).toBe(Math.sign((early as number) - (late as number)));
    }),
  );
});

test('a listing between the bounds holds every key of the range, and few others', () => {
  const lengths = fc.integer({ min: 1, max: 3 * DAY });
  fc.assert(
    fc.property(templates, instants, lengths, fc.integer({ min: -4 * DAY, max: 8 * DAY }), wildcards, (...drawn) => {
      const [template, from, length, offset, wildcard] = drawn;
      const range = { from, to: from + length };
      const { startAfter, before } = template.bounds(range);
      const key = template.render(from + offset, wildcard);
      const at = template.parse(key);
      if (at === undefined) return;
      const listed = compareKeys(key, startAfter) > 0 && compareKeys(key, before) < 0;
      if (at >= range.from && at < range.to) expect(listed).toBe(true);
      // A key that is nothing but digits can hide up to ten keys behind one step of its last digit.
      if (at < range.from - 11 * template.resolution || at >= range.to + template.resolution)
        expect(listed).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('a template knows which times it tells apart', () => {
  const resolutions = TEMPLATES.map(({ resolution }) => resolution);
  expect(resolutions).toEqual([MINUTE, MINUTE, 1, DAY, HOUR, SECOND, SECOND, SECOND, 1, 1]);
});

test.for([
  'snapshots/2026/11/23/1402.json.tmp',
  'snapshots/2026/11/23/140.json',
  'snapshots/2026/11/23/1402xjson',
  'snapshots/2026/13/23/1402.json',
  'snapshots/2026/02/30/1402.json',
  'snapshots/2026/11/23/2400.json',
  'snapshots/2026/11/23/1460.json',
  'snapshots/1969/12/31/2359.json',
  'snapshots/9999/12/31/2359.json',
  'other/2026/11/23/1402.json',
  'snapshots/readme.md',
  '',
])('%j is no key of the archive', (key) => {
  expect(TEMPLATES[1]?.parse(key)).toBeUndefined();
});

test('a time that is said twice must be the same', () => {
  const twice = new KeyTemplate('{yyyy}/{MM}/{dd}/{yyyy}{MM}{dd}-{HH}{mm}.json');
  expect(twice.parse('2026/11/23/20261123-1402.json')).toBe(Date.UTC(2026, 10, 23, 14, 2));
  expect(twice.parse('2026/11/23/20261124-1402.json')).toBeUndefined();
  const epoch = new KeyTemplate('{yyyy}/{MM}/{dd}/{unix}.json');
  expect(epoch.parse('2026/11/23/1795442520.json')).toBe(1_795_442_520_000);
  expect(epoch.parse('2026/11/24/1795442520.json')).toBeUndefined();
});

test('the literal text at the beginning is a prefix of all keys', () => {
  expect(TEMPLATES.map(({ prefix }) => prefix).slice(0, 5)).toEqual(['', 'snapshots/', '', 'a.b+c/', 'day=']);
});

test.for([
  ['{yyyy}/{MM}/{dd}/{hh}.json', '{hh} is not known'],
  ['{yyyy}/{MM}/{dd}/{HH.json', 'a brace has no partner'],
  ['{yyyy}/{MM}/{dd}/}.json', 'a brace has no partner'],
  ['snapshots/latest.json', 'it holds no time'],
  ['{MM}/{dd}/{HH}.json', '{MM} needs the year before it'],
  ['{dd}.{MM}.{yyyy}.json', '{dd} needs the month before it'],
  ['{yyyy}/{dd}.json', '{dd} needs the month before it'],
  ['{yyyy}/{MM}/{dd}/{mm}.json', '{mm} needs the hour before it'],
  ['{yyyy}/{MM}.json', 'down to the day'],
  ['{*}/{yyyy}/{MM}/{dd}.json', 'not sorted by time'],
  ['{yyyy}/{MM}/{*}/{dd}.json', 'not sorted by time'],
  ['/{yyyy}/{MM}/{dd}.json', 'without a slash'],
  ['', 'without a slash'],
  ['{}', '{} is not known'],
])('%j is refused with a reason', ([text, reason]) => {
  expect(() => new KeyTemplate(text as string)).toThrow(RangeError);
  expect(() => new KeyTemplate(text as string)).toThrow(reason as string);
});
