import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import type { ProblemBody } from '../../src/http/contract.ts';
import type { LatestBody, RefreshStateBody } from '../../src/http/samples-contract.ts';
import { claimJob, enqueueJob, finishJob, renewLease } from '../../src/store/jobs.ts';
import { REFRESH_KIND, refreshJob } from '../../src/windows/refresh-job.ts';
import { parseMessages } from '../live/recording-outlet.ts';
import { push } from '../windows/windows-rig.ts';
import { ask, listen, Stream } from './listening.ts';
import { eventually, openSamplesApp, type SamplesApp } from './samples-app.ts';
import { NOW, openTestApp, useStore } from './test-app.ts';

const engine = useStore();
const JSON_TYPE = { 'content-type': 'application/json' };

async function opened(): Promise<SamplesApp> {
  const rig = await openSamplesApp(engine());
  await push(rig.device, { temperature: new Map([[NOW - MINUTE, 20]]) });
  return rig;
}

const refresh = ({ app }: SamplesApp, body: object = {}) =>
  app.inject({ method: 'POST', url: '/api/samples/refresh', headers: JSON_TYPE, payload: body });

/** The events of a stream, as name and data by id. */
const eventsIn = (text: string) =>
  parseMessages(text).flatMap(({ id, event, data }) => (id === undefined ? [] : [{ id: Number(id), event, data }]));

test('a refresh is accepted with its id and links, and can be watched to its end', async () => {
  const rig = await opened();
  const accepted = await refresh(rig, { window: '1h' });
  const state = accepted.json<RefreshStateBody>();
  expect(accepted.statusCode).toBe(202);
  expect(accepted.headers.location).toBe(`/api/samples/refresh/${state.requestId}`);
  expect(state).toMatchObject({ state: 'queued', series: rig.temperature, window: '1h', progress: null, versions: [] });
  expect(state.eta).toBeGreaterThanOrEqual(NOW);
  await rig.publish();
  const stateOf = async () => (await rig.app.inject(state.links.self)).json<RefreshStateBody>();
  const ended = await eventually(stateOf, ({ state: now }) => now === 'committed');
  expect(ended).toMatchObject({ progress: { done: 3, total: 3, note: '1h swapped in' }, eta: null, error: null });
  const result = (await rig.app.inject(state.links.result)).json<LatestBody>();
  expect(result.meta).toMatchObject({ versionId: ended.versions[0]?.versionId, stale: false });
});

test('a field beside the first one publishes nothing: it is fresh in every answer, and its refresh is soon done', async () => {
  const rig = await openSamplesApp(engine());
  await push(rig.device, {
    temperature: new Map([[NOW - MINUTE, 20]]),
    humidity: new Map([[NOW - MINUTE, 40]]),
  });
  await rig.publish();
  const port = await listen(rig.app);
  for (const body of [{ metric: 'humidity', window: '1h' }, { metric: 'humidity' }]) {
    const accepted = await refresh(rig, body);
    expect(accepted.statusCode).toBe(202);
    const { links } = accepted.json<RefreshStateBody>();
    const ended = await eventually(
      async () => (await rig.app.inject(links.self)).json<RefreshStateBody>(),
      ({ state }) => state === 'committed',
    );
    expect(ended).toMatchObject({ versions: [], progress: { done: 0, total: 0 }, error: null });
    const events = eventsIn((await ask(port, links.events, { accept: 'text/event-stream' })).body.toString());
    expect(events.map(({ id, event }) => [id, event])).toEqual([
      [1, 'queued'],
      [2, 'started'],
      [3, 'committed'],
    ]);
    const result = (await rig.app.inject(`${links.result}&fresh=true`)).json<LatestBody>();
    expect(result.meta).toMatchObject({ source: 'ladder', stale: false });
    expect(result).toMatchObject({ samples: 1, points: [{ avg: 40 }] });
  }
});

test('its events come in order under ids that say where to go on, and end the stream', async () => {
  const rig = await opened();
  const port = await listen(rig.app);
  const { links } = (await refresh(rig, { window: '1h' })).json<RefreshStateBody>();
  const headers = { accept: 'text/event-stream' };
  const stream = await Stream.open(port, links.events, headers);
  await rig.publish();
  await expect.poll(() => stream.ended, { timeout: 60_000 }).toBe(true);
  const whole = eventsIn((await ask(port, links.events, headers)).body.toString());
  expect(whole.map(({ id, event }) => [id, event])).toEqual([
    [1, 'queued'],
    [2, 'started'],
    [3, 'progress'],
    [4, 'progress'],
    [5, 'progress'],
    [6, 'committed'],
  ]);
  expect(whole.at(-1)?.data).toMatchObject({ versions: [{ window: '1h', versionId: expect.any(String) }] });
  for (let last = 0; last <= 6; last++) {
    const rest = await ask(port, links.events, { ...headers, 'last-event-id': String(last) });
    expect(eventsIn(rest.body.toString())).toEqual(whole.slice(last));
  }
});

test('a watcher of a refresh that a killed server left goes on at another server, without a gap or a repeat', async () => {
  const rig = await opened();
  const { org } = rig;
  const request = refreshJob({ series: rig.temperature, window: '1d', windows: ['1d'] });
  const { job } = await engine().write((writer) => enqueueJob(writer, org.number, request, NOW));
  const progress = (done: number) => ({ done, total: 3, unit: 'steps', rate: null, endsAt: null, note: '' });
  await engine().write((writer) => claimJob(writer, 'killed', [REFRESH_KIND], NOW + 15 * SECOND, NOW));
  await engine().write((writer) => renewLease(writer, job.id, 'killed', NOW + 15 * SECOND, progress(2), NOW));
  const first = await listen(rig.app);
  const path = `/api/samples/refresh/${job.id}`;
  const headers = { accept: 'text/event-stream' };
  const cut = await Stream.open(first, path, headers);
  await expect.poll(() => eventsIn(cut.text).length, { timeout: 10_000 }).toBe(4);
  await rig.app.close();
  const heard = eventsIn(cut.text);
  const next = await openTestApp(engine(), { context: { org } });
  const second = await listen(next.app);
  const stream = await Stream.open(second, path, { ...headers, 'last-event-id': String(heard.at(-1)?.id) });
  // The one that takes it up begins anew, and is further at once.
  await engine().write((writer) => claimJob(writer, 'next', [REFRESH_KIND], NOW + MINUTE, NOW + 20 * SECOND));
  await engine().write((writer) => renewLease(writer, job.id, 'next', NOW + MINUTE, progress(1), NOW));
  const done = { state: 'succeeded', result: { versions: [] }, progress: progress(3) } as const;
  await engine().write((writer) => finishJob(writer, job.id, 'next', done, NOW));
  await expect.poll(() => stream.ended, { timeout: 60_000 }).toBe(true);
  expect([...heard, ...eventsIn(stream.text)].map(({ id, event }) => [id, event])).toEqual([
    [1, 'queued'],
    [2, 'started'],
    [3, 'progress'],
    [4, 'progress'],
    [5, 'progress'],
    [6, 'committed'],
  ]);
});

test('a refresh that fails says why, and one that is cancelled says so', async () => {
  const rig = await opened();
  const { org } = rig;
  const port = await listen(rig.app);
  const { requestId, links } = (await refresh(rig, { window: '1h' })).json<RefreshStateBody>();
  await engine().write((writer) => claimJob(writer, 'one', [REFRESH_KIND], NOW + MINUTE, NOW));
  const failed = { state: 'failed', error: 'no room left on the disk' } as const;
  await engine().write((writer) => finishJob(writer, requestId, 'one', failed, NOW));
  const events = eventsIn((await ask(port, links.events, { accept: 'text/event-stream' })).body.toString());
  expect(events.at(-1)).toMatchObject({ id: 6, event: 'failed', data: { error: 'no room left on the disk' } });
  const other = (await refresh(rig, { window: '1d' })).json<RefreshStateBody>();
  await rig.app.inject({ method: 'POST', url: `/api/jobs/${other.requestId}/cancel`, headers: JSON_TYPE, payload: {} });
  expect((await rig.app.inject(other.links.self)).json<RefreshStateBody>().state).toBe('cancelled');
  const told = eventsIn((await ask(port, other.links.events, { accept: 'text/event-stream' })).body.toString());
  expect(told.at(-1)).toMatchObject({ event: 'failed', data: { error: 'it was cancelled' } });
  expect(org.number).toBeGreaterThan(0);
});

test('a thousand who ask at once, for fresh answers and for refreshes, cause one build (11)', async () => {
  const rig = await opened();
  await rig.publish();
  const url = '/api/samples/latest?window=1h';
  const isCurrent = async () => (await rig.app.inject(url)).json<LatestBody>();
  await eventually(isCurrent, ({ meta }) => meta.source === 'published' && !meta.stale);
  await eventually(rig.builds, (builds) => builds === 6);
  await push(rig.device, { temperature: new Map([[NOW - 1, 99]]) });
  const asked = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) =>
      index % 2 === 0 ? rig.app.inject(`${url}&fresh=true`) : refresh(rig, { window: '1h' }),
    ),
  );
  const answers = asked.flatMap((response) => (response.statusCode === 200 ? [response.json<LatestBody>()] : []));
  expect(answers).toHaveLength(500);
  expect([
    ...new Set(answers.map(({ meta, points }) => `${meta.versionId} ${meta.stale} ${points.at(-1)?.max}`)),
  ]).toHaveLength(1);
  expect(answers.every(({ points, meta }) => points.at(-1)?.max === 99 && !meta.stale)).toBe(true);
  const accepted = asked.flatMap((response) =>
    response.statusCode === 202 ? [response.json<RefreshStateBody>()] : [],
  );
  const states = () =>
    Promise.all(
      accepted.slice(-1).map(async ({ links }) => (await rig.app.inject(links.self)).json<RefreshStateBody>()),
    );
  await eventually(states, (found) => found.every(({ state }) => state === 'committed'));
  expect(await rig.builds()).toBe(7);
});

test('all windows of a series are one refresh', async () => {
  const rig = await opened();
  await rig.publish();
  const { links } = (await refresh(rig)).json<RefreshStateBody>();
  const stateOf = async () => (await rig.app.inject(links.self)).json<RefreshStateBody>();
  const ended = await eventually(stateOf, ({ state }) => state === 'committed');
  expect(ended).toMatchObject({ window: null, progress: { done: 18, total: 18 } });
  expect(ended.versions).toHaveLength(6);
});

test.each<[string, object, string, RegExp]>([
  ['a window that is none', { window: '2h' }, 'window', /must be one of 1h, 10h/],
  ['an unknown field', { widow: '1h' }, 'widow', /did you mean window\?/],
  ['a series that is no text', { series: 7 }, 'series', /must be of type string/],
])('%s is refused', async (_name, body, field, problem) => {
  const rig = await opened();
  const response = await refresh(rig, body);
  expect(response.statusCode).toBe(400);
  expect(response.json<ProblemBody>().errors).toContainEqual({ field, problem: expect.stringMatching(problem) });
});

test('what is not there, not published or not JSON is told apart', async () => {
  const rig = await opened();
  expect((await refresh(rig, { series: 'nobody' })).statusCode).toBe(404);
  expect((await rig.app.inject('/api/samples/refresh/nobody')).statusCode).toBe(404);
  expect(
    (await rig.app.inject({ url: '/api/samples/refresh/nobody', headers: { accept: 'text/event-stream' } })).statusCode,
  ).toBe(404);
  const plain = {
    method: 'POST',
    url: '/api/samples/refresh',
    headers: { 'content-type': 'text/plain' },
    payload: '{}',
  } as const;
  expect((await rig.app.inject(plain)).statusCode).toBe(415);
  const { links } = (await refresh(rig)).json<RefreshStateBody>();
  const bad = { accept: 'text/event-stream', 'last-event-id': 'x' };
  expect((await rig.app.inject({ url: links.self, headers: bad })).statusCode).toBe(400);
  expect((await rig.app.inject(`${links.self}?after=-1`)).statusCode).toBe(400);
});
