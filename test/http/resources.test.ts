import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import type { HealthBody, JobBody, SeriesCoverageBody } from '../../src/http/contract.ts';
import { recordAttempt } from '../../src/store/catalog.ts';
import { claimJobById, finishJob, renewLease } from '../../src/store/jobs.ts';
import { onEachEngine } from '../support/engines.ts';
import type { JobList, SeriesList, SourceList } from './bodies.ts';
import {
  freezeAndClose,
  landNothing,
  landSamples,
  minutesUntil,
  NOW,
  openTestApp,
  streamViewers,
  type TestApp,
} from './test-app.ts';

const backfill = ({ app }: TestApp, payload: object = {}) =>
  app.inject({ method: 'POST', url: '/api/archives/platform/backfill', payload });

onEachEngine((store) => {
  test('series are listed in pages, each once, and found by parts of their names', async () => {
    const made = await openTestApp(store().engine);
    const names = [...Array(23).keys()].map((index) => `stream-${String(index).padStart(2, '0')}`);
    const one = new Map([[NOW - MINUTE, 1]]);
    await landSamples(made, one);
    for (const name of names) await landSamples(made, one, streamViewers(name));
    const list = async (question: string) => (await made.app.inject(`/api/series?${question}`)).json<SeriesList>();

    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: SeriesList = await list(`limit=10${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(page.total).toBe(24);
      seen.push(...page.series.map(({ title }) => title));
      cursor = page.next;
    }
    expect(seen).toEqual([...names, 'All viewers']);
    expect((await list('search=STREAM-1')).series).toHaveLength(10);
    expect((await list('search=all%20view')).series).toHaveLength(1);
    expect((await list('search=%25')).series).toHaveLength(0);
    expect((await list('metric=platform.viewers&source=platform')).series).toMatchObject([
      {
        id: made.viewers,
        labels: {},
        kind: 'gauge',
        unit: 'viewers',
        source: 'platform',
        interval: MINUTE,
        version: 1,
      },
    ]);
    expect((await made.app.inject('/api/series?cursor=nonsense')).statusCode).toBe(400);
    expect((await made.app.inject(`/api/series/${made.viewers}`)).json()).toEqual(
      (await list('metric=platform.viewers')).series[0],
    );
  });

  test('coverage says what is there, what is missing and why, by local days', async () => {
    const made = await openTestApp(store().engine);
    const end = Date.parse('2026-04-02T09:00:00Z');
    const samples = minutesUntil(end, 83 * 60 + 5);
    const minutes = [...samples.keys()];
    const failed = minutes.slice(100, 112);
    const empty = minutes.slice(2_000, 2_045);
    for (const at of [...failed, ...empty]) samples.delete(at);
    await landSamples(made, samples);
    await landNothing(made, failed, 'failed');
    await landNothing(made, empty, 'empty');
    const ask = async (question: string) =>
      (await made.app.inject(`/api/series/${made.viewers}/coverage?${question}`)).json<SeriesCoverageBody>();
    const body = await ask('tz=Asia/Tokyo');
    expect(body.text).toBe('82 h 8 m over 4 calendar days, 57 minutes missing: 12 failed, 45 never written');
    expect(body).toMatchObject({
      from: minutes[0],
      to: end,
      zone: 'Asia/Tokyo',
      calendarDays: 4,
      missingOmitted: 0,
    });
    expect(body.missing.map(({ from, to, reason }) => [from, to, reason])).toEqual([
      [failed[0], (failed[0] as number) + 12 * MINUTE, 'failed'],
      [empty[0], (empty[0] as number) + 45 * MINUTE, 'empty'],
    ]);
    expect(body.days.map(({ date }) => date)).toEqual(['2026-03-30', '2026-03-31', '2026-04-01', '2026-04-02']);
    expect(body.days.reduce((total, { have }) => total + have, 0)).toBe(body.coverage.have);
    expect(body.days.reduce((total, day) => total + day.failed, 0)).toBe(12 * MINUTE);

    const wider = await ask(`from=${(minutes[0] as number) - DAY}&to=${NOW}`);
    expect(wider.coverage).toMatchObject({ neverAsked: DAY, notClosed: NOW - end });
    expect(wider.text).toMatch(
      /12 minutes failed, 45 minutes never written, 24 h never asked; 78 minutes not closed yet$/,
    );
  });

  test('restatements are listed with their reasons', async () => {
    const made = await openTestApp(store().engine);
    const samples = minutesUntil(NOW, 300);
    const hole = [...samples.keys()][100] as number;
    samples.delete(hole);
    await landSamples(made, samples);
    await freezeAndClose(made, { from: NOW - 6 * HOUR, to: NOW - HOUR });
    await landSamples(made, new Map([[hole, 1]]));
    made.clock.advance(5_000);
    await freezeAndClose(made, { from: NOW - 6 * HOUR, to: NOW - HOUR });
    const body = (await made.app.inject(`/api/series/${made.viewers}/coverage`)).json<SeriesCoverageBody>();
    expect(body.restatements).toMatchObject([{ version: 2, reason: 'late object', at: NOW + 5_000 }]);
    expect(body.restatements[0]?.from).toBeLessThanOrEqual(hole);
    expect(body.series.version).toBe(2);
  });

  test('sources say how fresh they are', async () => {
    const made = await openTestApp(store().engine);
    const sourcesOf = async () => (await made.app.inject('/api/sources')).json<SourceList>().sources;
    expect(await sourcesOf()).toMatchObject([
      {
        name: 'platform',
        watermark: null,
        thisHour: { expected: 17, have: 0 },
        text: 'no data yet, 0/17 samples this hour, reads ./snapshots',
      },
    ]);
    const samples = minutesUntil(NOW - 2 * MINUTE, 300);
    samples.delete(Math.floor(NOW / HOUR) * HOUR + 3 * MINUTE);
    await landSamples(made, samples);
    await made.engine.write(async (writer) => {
      const { database } = writer;
      await recordAttempt(database, made.org.number, made.source.number, {
        lastAttemptAt: NOW,
        lastSuccessAt: NOW - DAY,
        failingSince: NOW - 2 * DAY,
        lastError: 'no route',
        nextAttemptAt: NOW + 5 * MINUTE,
      });
    });
    await landSamples(made, new Map([[NOW - 400 * MINUTE, 1]]));
    expect(await sourcesOf()).toMatchObject([
      {
        kind: 'archive',
        dataTo: Math.floor(NOW / MINUTE) * MINUTE - 2 * MINUTE,
        closedTo: null,
        lastSuccessAt: NOW - DAY,
        refresh: { state: 'failing', since: NOW - 2 * DAY, lastError: 'no route', nextAttemptAt: NOW + 5 * MINUTE },
        thisHour: { expected: 17, have: 14 },
        text: 'complete to 10:15Z, 14/17 samples this hour, reads ./snapshots, failing since 2026-03-31 10:17Z, next try 10:22Z',
      },
    ]);
  });

  test('a backfill is one job however often it is asked for, until it has ended', async () => {
    const made = await openTestApp(store().engine);
    const asked = await Promise.all([...Array(8)].map(() => backfill(made, { from: '2026-04-01', to: '2026-04-02' })));
    const jobs = asked.map((response) => response.json<JobBody>());
    expect(asked.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(202));
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
    const [job] = jobs as [JobBody];
    expect(asked[0]?.headers.location).toBe(`/api/jobs/${job.id}`);
    expect(job).toMatchObject({
      kind: 'archive-backfill',
      state: 'queued',
      input: { archive: 'platform', from: Date.parse('2026-04-01'), to: Date.parse('2026-04-02') },
    });
    expect((await backfill(made)).json<JobBody>().id).not.toBe(job.id);

    const { engine, org } = made;
    const progress = { done: 3, total: 9, unit: 'objects', rate: 1.5, endsAt: NOW + 4_000, note: '2026-04-01' };
    await engine.write((writer) => claimJobById(writer, org.number, job.id, 'runner', NOW + 15_000, NOW));
    await engine.write((writer) => renewLease(writer, job.id, 'runner', NOW + 15_000, progress, NOW));
    expect((await made.app.inject(`/api/jobs/${job.id}`)).json()).toMatchObject({
      state: 'running',
      progress,
      attempts: 1,
      startedAt: NOW,
    });
    const sources = (await made.app.inject('/api/sources')).json<SourceList>().sources;
    expect(sources).toMatchObject([
      { refresh: { state: 'running', jobId: job.id }, text: expect.stringContaining('reading now') },
    ]);
    await engine.write((writer) =>
      finishJob(writer, job.id, 'runner', { state: 'succeeded', result: { objects: 9 } }, NOW),
    );
    const after = (await backfill(made, { from: '2026-04-01', to: '2026-04-02' })).json<JobBody>();
    expect(after.id).not.toBe(job.id);
  });

  test('jobs are listed newest first, by kind and by life, and can be cancelled', async () => {
    const made = await openTestApp(store().engine);
    const first = (await backfill(made, { to: '2026-04-01' })).json<JobBody>();
    made.clock.advance(1_000);
    const second = (await backfill(made, { retryFailed: true })).json<JobBody>();
    const list = async (question = '') =>
      (await made.app.inject(`/api/jobs?${question}`)).json<JobList>().jobs.map(({ id }) => id);
    expect(await list()).toEqual([second.id, first.id]);
    expect(await list('limit=1')).toEqual([second.id]);
    expect(await list('kind=archive-tail')).toEqual([]);
    const cancel = (id: string) => made.app.inject({ method: 'POST', url: `/api/jobs/${id}/cancel`, payload: {} });
    expect((await cancel(first.id)).json()).toMatchObject({
      state: 'cancelled',
      cancelRequested: true,
      finishedAt: NOW + 1_000,
    });
    expect(await list('live=true')).toEqual([second.id]);
    await made.engine.write((writer) => claimJobById(writer, made.org.number, second.id, 'runner', NOW + 15_000, NOW));
    expect((await cancel(second.id)).json()).toMatchObject({ state: 'running', cancelRequested: true });
    expect((await cancel('ghost')).statusCode).toBe(404);
    const other = await openTestApp(store().engine);
    expect((await other.app.inject(`/api/jobs/${second.id}`)).statusCode).toBe(404);
    expect(
      (await other.app.inject({ method: 'POST', url: `/api/jobs/${second.id}/cancel`, payload: {} })).statusCode,
    ).toBe(404);
  });

  test.each([
    [{ from: '2026-04-02', to: '2026-04-01' }, 'from'],
    [{ from: '2030-01-01' }, 'from'],
    [{ to: 'yesterday' }, 'to'],
    [{ from: -1 }, 'from'],
    [{ form: '2026-04-01' }, 'form'],
    [{ retryFailed: 'yes' }, 'retryFailed'],
    [{ from: null }, 'from'],
  ])('a backfill of %j is refused', async (payload, field) => {
    const made = await openTestApp(store().engine);
    const response = await backfill(made, payload);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ errors: [{ field }] });
    const unknown = await made.app.inject({ method: 'POST', url: '/api/archives/ghost/backfill', payload: {} });
    expect(unknown.json()).toMatchObject({
      status: 404,
      detail: 'there is no archive named "ghost"; there are platform',
    });
  });

  test('health answers always, ready only when all is up', async () => {
    const up = await openTestApp(store().engine);
    expect((await up.app.inject('/api/ready')).json()).toEqual({ ready: true });
    expect((await up.app.inject('/api/health')).json<HealthBody>().status).toBe('ok');
    const down = await openTestApp(store().engine, {
      health: { status: 'degraded', work: { running: false, restarts: 3, lastError: 'out of memory' } },
    });
    const response = await down.app.inject('/api/ready');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ detail: 'the worker is not up' });
    expect(response.headers['retry-after']).toBe('2');
    expect((await down.app.inject('/api/health')).json()).toMatchObject({ status: 'degraded', work: { restarts: 3 } });
  });

  test('metrics tell of requests, caches, jobs and freshness', async () => {
    const made = await openTestApp(store().engine);
    await landSamples(made, minutesUntil(NOW, 60));
    await backfill(made);
    const url = `/api/series/${made.viewers}/range`;
    for (let count = 0; count < 3; count++) await made.app.inject(url);
    await made.app.inject('/api/ghost');
    const { body, headers } = await made.app.inject('/metrics');
    const value = (line: string) =>
      Number(
        body
          .split('\n')
          .find((candidate) => candidate.startsWith(`${line} `))
          ?.split(' ')
          .at(-1),
      );
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(value('varve_http_request_seconds_count{route="/api/series/:id/range",method="GET",status="200"}')).toBe(3);
    expect(value('varve_http_request_seconds_count{route="none",method="GET",status="404"}')).toBe(1);
    expect(value('varve_answer_cache_hits')).toBe(2);
    expect(value('varve_answer_cache_misses')).toBe(1);
    expect(value('varve_blocks_bytes')).toBeGreaterThan(0);
    expect(value('varve_store_bytes')).toBeGreaterThan(0);
    expect(value('varve_jobs{state="queued"}')).toBe(1);
    expect(value('varve_jobs{state="failed"}')).toBe(0);
    expect(value('varve_source_watermark_age_seconds{source="platform"}')).toBe(30);
    expect(value('varve_event_loop_delay_seconds{quantile="0.99"}')).toBeGreaterThanOrEqual(0);
  });

  test('the running configuration is shown', async () => {
    const settings = [{ name: 'port', value: '7357', from: 'default' as const }];
    const configuration = () => ({ loadedAt: NOW, file: '/etc/varve.config.ts', settings, problem: null });
    const { app } = await openTestApp(store().engine, { context: { configuration } });
    expect((await app.inject('/api/configuration')).json()).toEqual(configuration());
  });
});
