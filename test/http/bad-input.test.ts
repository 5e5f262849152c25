import { expect, test } from 'vitest';
import type { ProblemBody } from '../../src/http/contract.ts';
import { landSamples, minutesUntil, NOW, openTestApp, useStore } from './test-app.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

const engine = useStore();

const opened = async () => {
  const made = await openTestApp(engine());
  await landSamples(made, minutesUntil(NOW, 120));
  return made;
};

test.each<[string, string, string, RegExp]>([
  [
    'a window that is no duration',
    'range?window=7x',
    'window',
    /^must be a duration like 90m, 24h, 7d or 1y; got "7x"$/,
  ],
  ['a window of nothing', 'range?window=0h', 'window', /must be a duration/],
  ['a window beyond all time', 'range?window=900y', 'window', /at most 50y/],
  ['a window and a range', 'range?window=1h&from=2026-04-01', 'window', /together with from and to/],
  [
    'a reversed range',
    'range?from=2026-04-02&to=2026-04-01',
    'from',
    /must be before to; got 2026-04-02T00:00:00.000Z and/,
  ],
  ['an empty range', 'range?from=2026-04-01&to=2026-04-01', 'from', /must be before to/],
  ['a start in the future', 'range?from=2026-05-01&to=2026-06-01', 'from', /is in the future/],
  ['an end without a start', 'range?to=2026-04-01', 'from', /is missing/],
  ['an instant without a zone', 'range?from=2026-04-01T10:00:00', 'from', /must be an instant between 1970 and 2199/],
  ['an ancient instant', 'range?from=1812-04-01', 'from', /between 1970 and 2199/],
  ['seconds beyond 2199', 'range?from=99999999999999', 'from', /between 1970 and 2199/],
  ['an unknown zone', 'range?tz=Europe/Berlim', 'tz', /got "Europe\/Berlim", did you mean Europe\/Berlin\?/],
  ['a zone that is an attack', 'range?tz=..%2F..%2Fetc', 'tz', /must be an IANA time zone/],
  ['too many samples', 'range?samples=5001', 'samples', /from 1 to 5000; got "5001"/],
  ['no samples', 'range?samples=0', 'samples', /from 1 to 5000/],
  ['negative samples', 'range?samples=-1', 'samples', /from 1 to 5000/],
  ['samples and a step', 'range?samples=10&step=1h', 'step', /together with samples/],
  ['a step of too many buckets', 'range?window=30d&step=1m', 'step', /more than 5000 buckets/],
  ['a step that does not divide the day', 'range?step=7m', 'step', /must divide the day evenly/],
  ['a step of less than a second', 'range?step=1ms', 'step', /at least 1s/],
  ['an unknown aggregate', 'range?aggregate=median', 'aggregate', /must be one of avg, min, max/],
  [
    'an unknown parameter',
    'range?windw=1h',
    'windw',
    /is not known here; did you mean window\? there are window, from, to/,
  ],
  ['a repeated parameter', 'range?window=1h&window=2h', 'window', /more than once/],
  ['a coverage of reversed times', 'coverage?from=2026-04-02&to=2026-04-01', 'from', /must be before to/],
  ['a coverage of too many days', 'coverage?from=1980-01-01', 'from', /at most 5000 days apart/],
])('%s', async (_name, question, field, problem) => {
  const { app, viewers } = await opened();
  const response = await app.inject(`/api/series/${viewers}/${question}`);
  const body = response.json<ProblemBody>();
  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(body).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400 });
  expect(body.errors?.find((error) => error.field === field)?.problem).toMatch(problem);
});

test.each(['0', '1e9', '-5', 'NaN', 'Infinity', '1.5', '', '5256001', '99999999999999999999'])(
  'windowMinutes of %j',
  async (text) => {
    const { app } = await opened();
    const response = await app.inject(`/api/platform/viewer-trend?windowMinutes=${text}`);
    expect(response.statusCode).toBe(400);
    expect(response.json<ProblemBody>().errors).toEqual([
      { field: 'windowMinutes', problem: `must be a whole number from 1 to 5256000; got ${JSON.stringify(text)}` },
    ]);
  },
);

test('every wrong field is named at once', async () => {
  const { app } = await opened();
  const response = await app.inject('/api/platform/viewer-trend?samples=x&colour=red');
  expect(response.json<ProblemBody>().errors?.map(({ field }) => field)).toEqual([
    'windowMinutes',
    'samples',
    'colour',
  ]);
});

test('what does not exist is named', async () => {
  const { app, viewers } = await opened();
  const detailOf = async (url: string) => {
    const response = await app.inject(url);
    expect(response.statusCode).toBe(404);
    return response.json<ProblemBody>().detail;
  };
  expect(await detailOf('/api/series/nothing')).toBe('there is no series with the id "nothing"');
  expect(await detailOf('/api/series/nothing/range')).toBe('there is no series with the id "nothing"');
  expect(await detailOf('/api/platform/viewer-trend?windowMinutes=60&stream=ghost')).toBe(
    'archive platform holds no stream with the id "ghost"',
  );
  expect(await detailOf('/api/platform/viewer-trend?windowMinutes=60&archive=platfrom')).toBe(
    'there is no archive named "platfrom"; did you mean platform? there are platform',
  );
  expect(await detailOf('/api/series?source=nowhere')).toBe('there is no source named "nowhere"');
  expect(await detailOf('/api/jobs/7')).toMatch(/there is no job with the id "7"/);
  expect(await detailOf('/api/seriess')).toMatch(/there is nothing at \/api\/seriess; see \/docs/);
  expect(await detailOf(`/api/series/${viewers}/rang`)).toMatch(/there is nothing/);
});

test('a series of another org does not exist', async () => {
  const { viewers } = await opened();
  const other = await openTestApp(engine());
  expect((await other.app.inject(`/api/series/${viewers}/range`)).statusCode).toBe(404);
  expect((await other.app.inject('/api/series')).json()).toMatchObject({ series: [], total: 0 });
});

test('a wrong method says which ones there are', async () => {
  const { app } = await opened();
  const response = await app.inject({ method: 'DELETE', url: '/api/jobs' });
  expect(response.statusCode).toBe(405);
  expect(response.headers.allow).toBe('GET, HEAD');
  expect(response.json<ProblemBody>().detail).toBe('DELETE is not possible here, only GET, HEAD');
});

test('a broken address is a problem too', async () => {
  const { app } = await opened();
  const response = await app.inject('/api/series/%E0%A4%A');
  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
});

test.each<[string, string | Buffer, Record<string, string>, number, RegExp]>([
  ['no JSON', '{"series":', JSON_TYPE, 400, /not valid JSON/],
  ['nothing', '', JSON_TYPE, 400, /cannot be empty/],
  ['plain text', 'series=1', { 'content-type': 'text/plain' }, 415, /Content-Type: application\/json/],
  ['a form', 'series=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, /application\/json/],
  ['no type', '{}', {}, 415, /application\/json/],
  ['too much', JSON.stringify({ series: ['x'.repeat(70_000)] }), JSON_TYPE, 413, /larger than 64 KiB/],
  ['deep nesting', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, JSON_TYPE, 400, /body must be of type object/],
  ['a list', '[]', JSON_TYPE, 400, /body must be of type object/],
  ['a prototype', '{"__proto__":{"series":["a"]}}', JSON_TYPE, 400, /not valid JSON|prototype/],
  ['no series', '{}', JSON_TYPE, 400, /series is missing/],
  ['an empty list of series', '{"series":[]}', JSON_TYPE, 400, /series is too short/],
  ['numbers for ids', '{"series":[1]}', JSON_TYPE, 400, /series\.0 must be of type string/],
  ['ids twice', '{"series":["a","b","a"]}', JSON_TYPE, 400, /names "a" more than once/],
  [
    'an unknown field',
    '{"series":["a"],"sampels":3}',
    JSON_TYPE,
    400,
    /sampels is not known here; did you mean samples/,
  ],
  ['too many series', JSON.stringify({ series: [...Array(201).keys()].map(String) }), JSON_TYPE, 400, /at most 200/],
  ['absurd samples', '{"series":["a"],"samples":100000}', JSON_TYPE, 400, /samples/],
  ['a fraction of samples', '{"series":["a"],"samples":1.5}', JSON_TYPE, 400, /samples must be of type int/],
])('a body of %s', async (_name, payload, headers, status, detail) => {
  const { app } = await opened();
  const response = await app.inject({ method: 'POST', url: '/api/series/query', headers, payload });
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.json<ProblemBody>().detail).toMatch(detail);
});

test('too many points over many series are refused', async () => {
  const { app } = await opened();
  const series = [...Array(200).keys()].map(String);
  const response = await app.inject({
    method: 'POST',
    url: '/api/series/query',
    headers: JSON_TYPE,
    payload: { series, samples: 5_000 },
  });
  expect(response.json<ProblemBody>().errors?.[0]?.field).toBe('samples');
});
