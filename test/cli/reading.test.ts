import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY, HOUR, type Instant, MINUTE } from '../../src/domain/time.ts';
import { freeze } from '../../src/history/freeze.ts';
import { type LandedSeries, land } from '../../src/history/land.ts';
import { ensureOrg, ensureSource, seriesId } from '../../src/store/catalog.ts';
import { enqueueJob } from '../../src/store/jobs.ts';
import { openStore, type StoreLocation } from '../../src/store/open.ts';
import { ManualClock } from '../support/clock.ts';
import { createDatabase } from '../support/postgres.ts';
import { Folder } from './varve.ts';

const START = Date.parse('2026-03-28T00:00:00Z');
const END = START + 2 * DAY;
const GAP = { from: START + 6 * HOUR, to: START + 7 * HOUR };
const BROKEN = { from: START + 30 * HOUR, to: START + 30 * HOUR + 10 * MINUTE };

const viewers: LandedSeries['description'] = {
  metric: 'platform.viewers',
  labels: {},
  kind: 'gauge',
  unit: 'viewers',
  title: 'Viewers',
};
const stream = (id: string, title: string): LandedSeries['description'] => ({
  metric: 'platform.stream.viewers',
  labels: { stream: id },
  kind: 'gauge',
  unit: 'viewers',
  title,
});
const EVIL_TITLE = 'a \u001b[31mred\u001b[0m, "quoted" stream';

/** Two days of minutes with an hour never written and ten minutes that failed; the value is the minute of the day. */
async function fill(location: StoreLocation): Promise<void> {
  await using engine = await openStore(location);
  const clock = new ManualClock(END);
  const { org, source } = await engine.write(async ({ database }) => {
    const made = await ensureOrg(database, 'default', 'Default', END);
    const description = { name: 'platform', kind: 'archive', interval: MINUTE, location: './snapshots' };
    return { org: made, source: await ensureSource(database, made.number, description) };
  });
  const times: Instant[] = [];
  for (let at = START; at < END; at += MINUTE) {
    if ([GAP, BROKEN].every(({ from, to }) => at < from || at >= to)) times.push(at);
  }
  const values = times.map((at) => (at % DAY) / MINUTE);
  const entry = (from: Instant, to: Instant, state: 'have' | 'empty' | 'failed', detail: string | null) => ({
    from,
    to,
    state,
    attempts: 1,
    detail,
  });
  await land(
    engine,
    org,
    {
      source,
      reason: 'late',
      series: [
        { description: viewers, times, values },
        ...['one', 'two'].map((id) => ({
          description: stream(id, EVIL_TITLE),
          times: times.slice(0, 60),
          values: values.slice(0, 60),
        })),
      ],
      ledger: [
        entry(START, GAP.from, 'have', null),
        entry(GAP.from, GAP.to, 'empty', 'never written'),
        entry(GAP.to, BROKEN.from, 'have', null),
        entry(BROKEN.from, BROKEN.to, 'failed', 'snapshots/2026/03/29/0600.json: \u001b]0;x\u0007not JSON'),
        entry(BROKEN.to, END, 'have', null),
      ],
    },
    clock,
  );
  await freeze(engine, clock);
  await engine.write((writer) =>
    enqueueJob(
      writer,
      org.number,
      { kind: 'archive-backfill', key: 'k', lane: 'source:platform', input: { archive: 'platform' } },
      END,
    ),
  );
}

let folder: Folder;
beforeAll(async () => {
  folder = new Folder();
  await fill({ file: join(folder.path, 'data', 'varve.db') });
});
afterAll(() => folder[Symbol.dispose]());

const RANGE = ['--from', '2026-03-28', '--to', '2026-03-30'];

async function output(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await folder.run(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/);
  return stdout;
}

describe('query', () => {
  test('a table with a sparkline, the whole as one, and what the answer knows of itself', async () => {
    const shown = await output('query', 'platform.viewers', ...RANGE, '--step', '6h');
    expect(shown).toBe(`platform.viewers – Viewers
avg in viewers, from platform, id ${seriesId('default', 'platform.viewers', {})}
2026-03-28 00:00Z to 2026-03-30 00:00Z (UTC), by 6h

▁▃▆█▁▃▆█

from                   avg   min   max  samples
2026-03-28 00:00Z   179.50     0   359      360
2026-03-28 06:00Z   569.50   420   719      300
2026-03-28 12:00Z   899.50   720  1079      360
2026-03-28 18:00Z  1259.50  1080  1439      360
2026-03-29 00:00Z   179.50     0   359      360
2026-03-29 06:00Z   544.50   370   719      350
2026-03-29 12:00Z   899.50   720  1079      360
2026-03-29 18:00Z  1259.50  1080  1439      360

overall: avg 727.81, min 0, max 1439, 2810 samples
complete to 2026-03-30 00:00Z
97.6 % of the range is there
missing 2026-03-28 06:00Z to 2026-03-28 07:00Z (1 h): never written
missing 2026-03-29 06:00Z to 2026-03-29 06:10Z (10 m): failed, snapshots/2026/03/29/0600.json: ]0;xnot JSON
`);
  });

  test('a bucket without samples says why and leaves a blank in the line', async () => {
    const shown = await output(
      'query',
      'platform.viewers',
      '--from',
      '2026-03-28T05:00Z',
      '--to',
      '2026-03-28T08:00Z',
      '--step',
      '1h',
    );
    expect(shown).toContain('2026-03-28 06:00Z       –    –    –        0  never written');
    expect(shown).toMatch(/^▁ █$/m);
  });

  test('local days are right where clocks change', async () => {
    const args = ['--from', '2026-03-29', '--to', '2026-03-30', '--tz', 'Europe/Berlin', '--step', '1d', '--json'];
    const { start, end, zone, points } = JSON.parse(await output('query', 'platform.viewers', ...args));
    expect({ start, end, zone }).toEqual({ start: END - 25 * HOUR, end: END - 2 * HOUR, zone: 'Europe/Berlin' });
    expect(points).toMatchObject([{ t: start, count: 23 * 60 - 10 }]);
  });

  test('JSON is what the HTTP API answers', async () => {
    const body = JSON.parse(
      await output('query', 'platform.viewers', ...RANGE, '--samples', '2', '--aggregate', 'max', '--json'),
    );
    expect(body).toMatchObject({
      series: { metric: 'platform.viewers', source: 'platform' },
      start: START,
      end: END,
      step: DAY,
      aggregate: 'max',
      totalSamples: 2810,
      points: [
        { t: START, value: 1439, count: 1380 },
        { t: START + DAY, value: 1439, count: 1430 },
      ],
      envelope: {
        watermark: END,
        coverage: { failed: 10 * MINUTE, empty: HOUR },
        version: 1,
        refresh: { state: 'idle' },
      },
    });
  });

  test('CSV has a row for each bucket that holds samples', async () => {
    const shown = await folder.run(
      'query',
      'platform.viewers',
      '--from',
      '2026-03-28T05:00',
      '--to',
      '2026-03-28T08:00',
      '--step',
      '1h',
      '--csv',
    );
    expect(shown.stdout.trimEnd().split('\r\n')).toEqual([
      'from,to,value,avg,min,max,sum,count,partial',
      '2026-03-28T05:00:00.000Z,2026-03-28T06:00:00.000Z,329.5,329.5,300,359,19770,60,false',
      '2026-03-28T07:00:00.000Z,2026-03-28T08:00:00.000Z,449.5,449.5,420,479,26970,60,false',
    ]);
  });

  test('a window wider than the data says so', async () => {
    expect(await output('query', 'platform.viewers', '--from', '2020-01-01', '--to', '2026-03-30')).toContain(
      'the data begins 2026-03-28 00:00Z',
    );
  });

  test('a series is found by its id, its labels, or as the only one of its metric', async () => {
    const id = seriesId('default', 'platform.stream.viewers', { stream: 'two' });
    for (const name of [id, 'platform.stream.viewers{stream=two}', 'platform.stream.viewers{ stream = "two" }']) {
      expect(JSON.parse(await output('query', name, ...RANGE, '--json')).series.id).toBe(id);
    }
  });

  test.each([
    [
      'platform.stream.viewers',
      '2 series go by platform.stream.viewers; name one by its labels or its id:\n  platform.stream.viewers{stream=one}\n  platform.stream.viewers{stream=two}',
    ],
    ['platform.viewer', 'there is no series platform.viewer; did you mean platform.viewers?'],
    ['platform.stream.viewers{stream=three}', 'platform.stream.viewers has no series with these labels'],
  ])('%s is refused and what is near is named', async (name, message) => {
    const { code, stderr } = await folder.run('query', name);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  test.each([
    [
      ['--tz', 'Europe/Berln', '--window', 'week', '--step', '1h', '--samples', '10'],
      [
        '--tz must be an IANA time zone like Europe/Berlin; got "Europe/Berln", did you mean Europe/Berlin?',
        '--window must be a duration like 90m, 24h, 7d or 1y; got "week"',
        '--step cannot be given together with samples',
      ],
    ],
    [
      ['--from', '2026-03-30', '--to', '2026-03-28', '--step', '7m'],
      ['--from must be before to', '--step a step under a day must divide the day evenly'],
    ],
    [['--from', 'yesterday'], ['--from must be an instant']],
    [['--window', '10y', '--step', '1m'], ['--step that is more than 5000 buckets']],
  ])('%j is refused, everything to mend at once', async (args, messages) => {
    const { code, stdout, stderr } = await folder.run('query', 'platform.viewers', ...args);
    for (const message of messages) expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('a reader that goes away is no error', async () => {
    const { child, ended } = folder.start(['query', 'platform.viewers', ...RANGE, '--step', '1m']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('coverage', () => {
  const sentence = '46 h 50 m over 2 calendar days, 70 minutes missing: 10 failed, 60 never written';

  test('of a series: the sentence, a calendar, what is missing and why', async () => {
    expect(await output('coverage', 'platform.viewers')).toBe(`platform.viewers, from platform
${sentence} (97.6 %)
2026-03-28 00:00Z to 2026-03-30 00:00Z (UTC)

         1   5    10   15   20   25   30
2026-03                             ▓▓
         ▓ at least 9/10

missing 2026-03-28 06:00Z to 2026-03-28 07:00Z (1 h): never written
missing 2026-03-29 06:00Z to 2026-03-29 06:10Z (10 m): failed, snapshots/2026/03/29/0600.json: ]0;xnot JSON
`);
  });

  test('of all sources', async () => {
    expect(await output('coverage')).toContain(`platform\n${sentence}`);
    const { sources } = JSON.parse(await output('coverage', '--json'));
    expect(sources).toMatchObject([
      { source: 'platform', text: sentence, calendarDays: 2, days: [{ date: '2026-03-28' }, { date: '2026-03-29' }] },
    ]);
  });

  test('JSON is what the HTTP API answers', async () => {
    const args = ['--from', '2026-03-28', '--to', '2026-03-29', '--tz', 'Asia/Kolkata', '--json'];
    const body = JSON.parse(await output('coverage', 'platform.viewers', ...args));
    expect(body).toMatchObject({ series: { metric: 'platform.viewers' }, zone: 'Asia/Kolkata', restatements: [] });
    expect(body.from).toBe(START - 5.5 * HOUR);
    expect(body.days).toMatchObject([
      { date: '2026-03-28', from: body.from, to: body.to, neverAsked: 5.5 * HOUR, empty: HOUR },
    ]);
  });
});

describe('listings', () => {
  test('series', async () => {
    const shown = await output('series');
    expect(shown.split('\n')).toHaveLength(5);
    expect(shown).toContain(
      'platform.stream.viewers{stream=one}  a [31mred[0m, "quoted" stream  gauge  viewers  platform',
    );
    const { series, total } = JSON.parse(await output('series', 'VIEWERS', '--source', 'platform', '--json'));
    expect({ total, titles: series.map(({ title }: { title: string }) => title) }).toEqual({
      total: 3,
      titles: [EVIL_TITLE, EVIL_TITLE, 'Viewers'],
    });
  });

  test('more series than asked for are mentioned, none is said', async () => {
    expect((await folder.run('series', '--limit', '1')).stderr).toBe(
      'There are more than 1; narrow the search or raise --limit.\n',
    );
    expect(await folder.run('series', 'nothing')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No series holds "nothing".\n',
    });
    expect((await folder.run('series', '--source', 'x')).stderr).toContain(
      'there is no source named "x"; there are platform',
    );
  });

  test('sources', async () => {
    expect(await output('sources')).toMatch(
      /^platform {2}archive {2}idle {3}complete to 2026-03-30 00:00Z, .*reads \.\/snapshots$/m,
    );
    expect(JSON.parse(await output('sources', '--json')).sources).toMatchObject([{ name: 'platform', watermark: END }]);
  });
});

test('jobs are listed and cancelled by the beginning of their id', async () => {
  expect(await output('jobs', '--live')).toMatch(/^[0-9a-f]{8} {2}archive-backfill {2}platform {2}queued/m);
  const [job] = JSON.parse(await output('jobs', '--json')).jobs;
  expect(job).toMatchObject({ kind: 'archive-backfill', state: 'queued', input: { archive: 'platform' } });
  expect(await output('jobs', 'cancel', job.id.slice(0, 8))).toBe(`job ${job.id} is cancelled\n`);
  expect(await output('jobs', 'cancel', job.id)).toBe(`job ${job.id} had ended already: cancelled\n`);
  expect(await folder.run('jobs', '--live')).toEqual({ code: 0, stdout: '', stderr: 'No job waits or runs.\n' });
  expect((await folder.run('jobs', 'cancel', 'zz')).stderr).toContain('there is no job "zz"');
});

test('PostgreSQL is read just the same', async () => {
  const database = await createDatabase();
  try {
    await fill({ url: database.url });
    const there = folder.start(['query', 'platform.viewers', ...RANGE, '--json'], { DATABASE_URL: database.url });
    const { code, stdout, stderr } = await there.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const here = JSON.parse(await output('query', 'platform.viewers', ...RANGE, '--json'));
    expect(JSON.parse(stdout)).toMatchObject({ points: here.points, overall: here.overall });
  } finally {
    await database.drop();
  }
});
