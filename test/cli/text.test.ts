import { describe, expect, test } from 'vitest';
import { withInstants } from '../../src/cli/local-times.ts';
import { progressText, progressView } from '../../src/cli/progress.ts';
import { parseSeriesName, seriesText } from '../../src/cli/series-name.ts';
import { calendarStrip, dayMark } from '../../src/cli/text/calendar.ts';
import { bytesText, numberText, percentText } from '../../src/cli/text/numbers.ts';
import { columnsOf, oneLine, printable, shorten } from '../../src/cli/text/printable.ts';
import { sparkline } from '../../src/cli/text/sparkline.ts';
import { table } from '../../src/cli/text/table.ts';
import { aboutText, timeText } from '../../src/cli/text/times.ts';
import { csv } from '../../src/domain/csv.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { findZone, utc, type Zone } from '../../src/domain/zone.ts';

describe('table', () => {
  test('columns are as wide as their widest cell, numbers stand at the right', () => {
    const text = table(
      [{ title: 'name' }, { title: 'n', right: true }, { title: 'note' }],
      [
        ['a', '10', 'x'],
        ['longer', '5', ''],
      ],
    );
    expect(text).toBe('name     n  note\na       10  x\nlonger   5');
  });

  test('wide letters take two columns, long cells are cut, commands to the terminal are dropped', () => {
    const text = table(
      [{ title: 'a', widest: 4 }, { title: 'b' }],
      [
        ['日本語', '1'],
        ['\u001b[31mred\u0007', '2'],
        ['two\nlines', '3'],
      ],
    );
    expect(text.split('\n').map(columnsOf)).toEqual([7, 7, 7, 7]);
    expect(text).toBe('a     b\n日…   1\n[31…  2\ntwo…  3');
  });

  test('no rows leave the titles', () => {
    expect(table([{ title: 'a' }, { title: 'b' }], [])).toBe('a  b');
  });
});

test('nothing that a terminal would obey is printed', () => {
  expect(printable('a\u001b]0;title\u0007b\u009bc\u202ed\ne')).toBe('a]0;titlebcd\ne');
  expect(oneLine('one\n  two')).toBe('one two');
  expect(shorten('abcdef', 4)).toBe('abc…');
  expect(shorten('abcd', 4)).toBe('abcd');
});

describe('sparkline', () => {
  const closed = (value: number | null) => ({ value, open: false });

  test('lowest to highest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7].map(closed), 80)).toBe('▁▂▃▄▅▆▇█');
  });

  test('a gap is blank and not low, the open part stands behind a mark', () => {
    expect(
      sparkline([closed(0), closed(null), closed(7), { value: 3, open: true }, { value: null, open: true }], 80),
    ).toBe('▁ █┆▄ ');
  });

  test('equal values are neither high nor low', () => {
    expect(sparkline([closed(5), closed(5)], 80)).toBe('▅▅');
  });

  test('more buckets than columns share blocks; nothing known in a share stays blank', () => {
    const sparks = [...Array(40).fill(closed(0)), ...Array(40).fill(closed(null)), ...Array(40).fill(closed(10))];
    expect(sparkline(sparks, 6)).toBe('▁▁  ██');
  });

  test('nothing at all', () => {
    expect(sparkline([], 80)).toBe('');
    expect(sparkline([closed(null)], 80)).toBe(' ');
  });
});

describe('calendar', () => {
  const day = (
    date: string,
    parts: Partial<Record<'have' | 'empty' | 'failed' | 'neverAsked' | 'notClosed', number>>,
  ) => ({
    date,
    ...{ have: 0, empty: 0, failed: 0, neverAsked: 0, notClosed: 0, ...parts },
  });

  test.each([
    [{ have: DAY }, '█'],
    [{ have: DAY - HOUR, empty: HOUR }, '▓'],
    [{ have: 12 * HOUR, neverAsked: 12 * HOUR }, '▒'],
    [{ have: HOUR, failed: 23 * HOUR }, '░'],
    [{ failed: DAY }, '×'],
    [{ failed: HOUR, empty: 23 * HOUR }, '·'],
    [{ empty: DAY }, '·'],
    [{ notClosed: DAY }, '…'],
    [{ have: HOUR, notClosed: 23 * HOUR }, '█'],
  ])('%j is %s', (parts, mark) => {
    expect(dayMark(day('2026-11-01', parts))).toBe(mark);
  });

  test('a line a month below a scale of days, and a legend of what appears', () => {
    const text = calendarStrip([
      day('2026-10-30', { have: DAY }),
      day('2026-10-31', { empty: DAY }),
      day('2026-11-01', { have: DAY }),
    ]);
    expect(text).toBe(
      [
        '         1   5    10   15   20   25   30',
        `2026-10  ${' '.repeat(29)}█·`,
        '2026-11  █',
        '         █ complete   · nothing',
      ].join('\n'),
    );
  });
});

test('CSV quotes what must be quoted', () => {
  expect(
    csv([
      ['a', 1, true],
      ['b,c', 'say "x"', 'two\nlines'],
    ]),
  ).toBe('a,1,true\r\n"b,c","say ""x""","two\nlines"');
});

test('numbers are short and never look like what they are not', () => {
  expect([0, 12, 1234.5678, 0.012345, -2.5, 1e15, 1e-9].map(numberText)).toEqual([
    '0',
    '12',
    '1234.57',
    '0.0123',
    '-2.50',
    '1.000e+15',
    '1.000e-9',
  ]);
  expect([0, 999, 26_400_000, 271e9].map(bytesText)).toEqual(['0 bytes', '999 bytes', '26.4 MB', '271 GB']);
  expect([0, 0.5, 0.99999, 1].map(percentText)).toEqual(['0 %', '50.0 %', '99.9 %', '100 %']);
});

describe('times', () => {
  const berlin = findZone('Europe/Berlin') as Zone;

  test('local with the offset, so that the hour that comes twice is not said twice', () => {
    expect(timeText(Date.parse('2026-11-23T14:02:00Z'), utc)).toBe('2026-11-23 14:02Z');
    expect(timeText(Date.parse('2026-11-23T14:02:05Z'), utc)).toBe('2026-11-23 14:02:05Z');
    expect(timeText(Date.parse('2026-10-25T00:30:00Z'), berlin)).toBe('2026-10-25 02:30 +02:00');
    expect(timeText(Date.parse('2026-10-25T01:30:00Z'), berlin)).toBe('2026-10-25 02:30 +01:00');
    expect(timeText(Date.parse('2026-11-23T00:00:00Z'), findZone('America/St_Johns') as Zone)).toBe(
      '2026-11-22 20:30 -03:30',
    );
  });

  test('lengths in the two largest units', () => {
    expect([0, 999, 8_000, 90_000, 3 * HOUR, 3 * DAY + 4 * HOUR + MINUTE].map(aboutText)).toEqual([
      '0 s',
      '0 s',
      '8 s',
      '1 m 30 s',
      '3 h',
      '3 d 4 h',
    ]);
  });

  test('dates and times without a zone are local ones, everything else is left to others', () => {
    const from = Date.parse('2026-11-22T23:00:00Z');
    expect(withInstants({ from: '2026-11-23', to: '2026-11-23T14:00', tz: 'Europe/Berlin' })).toEqual({
      from,
      to: from + 14 * HOUR,
      tz: 'Europe/Berlin',
    });
    expect(withInstants({ from: '2026-11-23', to: '2026-11-23 01:00:05' })).toEqual({
      from: from + HOUR,
      to: from + 2 * HOUR + 5_000,
    });
    expect(withInstants({ from: '2026-11-23T00:00:00Z', to: 'soon', tz: 'Nowhere' })).toEqual({
      from: '2026-11-23T00:00:00Z',
      to: 'soon',
      tz: 'Nowhere',
    });
    expect(withInstants({})).toEqual({});
  });
});

describe('names of series', () => {
  test.each([
    ['host.cpu', { metric: 'host.cpu', labels: {} }],
    ['a{}', { metric: 'a', labels: {} }],
    ['a{b=c}', { metric: 'a', labels: { b: 'c' } }],
    ['a{b=c d, e="f, \\"g\\" }"}', { metric: 'a', labels: { b: 'c d', e: 'f, "g" }' } }],
  ])('%s', (text, name) => {
    expect(parseSeriesName(text)).toEqual(name);
    expect(parseSeriesName(seriesText(name))).toEqual(name);
  });

  test.each(['', '{a=b}', 'a{b}', 'a{b=c', 'a b', 'a{b="c}', 'a{=c}'])('%j is none', (text) => {
    expect(() => parseSeriesName(text)).toThrow(/metric\{label=value/);
  });
});

describe('progress', () => {
  const now = Date.parse('2026-11-23T14:00:00Z');
  const progress = {
    done: 1200,
    total: 43_200,
    unit: 'objects',
    rate: 811.6,
    endsAt: now + 52_000,
    note: '2026-11-02',
  };

  test('in words', () => {
    expect(progressText(progress, now)).toBe('1200 of 43200 objects, 2.8 %, 812 a second, 52 s left, 2026-11-02');
    expect(progressText({ ...progress, total: null, rate: null, endsAt: null, note: '' }, now)).toBe('1200 objects');
    expect(progressText({ ...progress, done: 50_000, endsAt: now - 1 }, now)).toContain('100 %');
  });

  test('where there is no terminal, a plain line now and then and one at the end', async () => {
    const lines: string[] = [];
    const stream = { isTTY: false, write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
    {
      using view = await progressView(stream);
      for (let done = 0; done <= 120; done++)
        view.show({ ...progress, done, total: 120, rate: null, endsAt: null, note: '' }, now + done * 100);
    }
    expect(lines).toEqual([
      '50 of 120 objects, 41.7 %\n',
      '100 of 120 objects, 83.3 %\n',
      '120 of 120 objects, 100 %\n',
    ]);
  });
});
