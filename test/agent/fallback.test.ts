import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Fallback } from '../../src/agent/fallback/fallback.ts';
import { LocalHistory, type LocalSample, QUARTER } from '../../src/agent/fallback/local-history.ts';
import { openBlobs } from '../../src/blobs/open.ts';
import { DAY, floorTo, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { GRANULARITIES, segmentEdges, WINDOW_NAMES, windowRange } from '../../src/domain/windows.ts';
import { type Artifact, artifactMetaSchema, artifactSchema } from '../../src/http/samples-contract.ts';
import { seriesId } from '../../src/store/catalog.ts';
import { checksumOf } from '../../src/windows/build.ts';
import { readFallback } from '../../src/windows/read-published.ts';
import { openBucket } from '../blobs/bucket.ts';
import { createBucket } from '../support/s3.ts';
import { AgentHarness } from './agent-harness.ts';
import { answer, PushServer } from './push-server.ts';

// Hundreds of requests to S3, and the machine may have other work.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'varve-fallback-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const labels = { device: 'pi' };
const sampleOf = (field: string, at: number, value: number): LocalSample => ({
  channelMetric: 'room',
  labels,
  field,
  metric: field === 'value' ? 'room' : `room.${field}`,
  at,
  value,
});
const ID = seriesId('default', 'room', labels);
const signal = new AbortController().signal;
const outage = { since: Date.parse('2026-11-23T09:00:00Z'), reason: 'the server answered 503' };

async function uploadTo(history: LocalHistory, now: number): Promise<(name: string, id?: string) => Artifact> {
  const blobs = await openBlobs({ kind: 'folder', path: join(folder, 'out') });
  await new Fallback(history, blobs).upload(outage, now, signal);
  return (name, id = ID) => readArtifact(join(folder, 'out'), id, name);
}

function readArtifact(root: string, id: string, name: string): Artifact {
  const text = gunzipSync(readFileSync(join(root, 'fallback', id, `${name}.json`))).toString();
  const meta = artifactMetaSchema.parse(
    JSON.parse(readFileSync(join(root, 'fallback', id, `${name}.meta.json`), 'utf8')),
  );
  const artifact = artifactSchema.parse(JSON.parse(text));
  expect(meta).toMatchObject({
    stale: true,
    staleSince: outage.since,
    checksum: checksumOf(text),
    count: artifact.points.length,
  });
  return artifact;
}

/** What the points must be, by looking at every sample once. */
function bruteForce(samples: readonly LocalSample[], { points }: Artifact, unitAt: (at: number) => number): object[] {
  const inside = new Map(points.map(({ t }): [number, number[]] => [t, []]));
  const sorted = [...samples].sort((a, b) => a.at - b.at);
  let index = 0;
  for (const { at, value } of sorted) {
    const place = floorTo(at, unitAt(at));
    while (index < points.length && (points[index]?.to ?? 0) <= place) index++;
    const point = points[index];
    if (point && place >= point.t) inside.get(point.t)?.push(value);
  }
  return points.map(({ t, to }) => {
    const values = inside.get(t) ?? [];
    const avg = values.reduce((a, b) => a + b, 0) / values.length;
    return { t, to, count: values.length, min: Math.min(...values), max: Math.max(...values), avg };
  });
}

const shown = ({ points }: Artifact): object[] =>
  points.map(({ t, to, count, min, max, avg }) => ({ t, to, count, min, max, avg }));

test('every window in every granularity equals brute force, with exact extremes, and its edges are those of the server', async () => {
  const now = Date.parse('2026-11-23T10:00:07.300Z');
  using history = new LocalHistory(folder, 'default');
  const samples: LocalSample[] = [];
  // Two days by ten seconds with holes, and a year by half an hour, in whole numbers so that sums are exact.
  for (let at = now - 366 * DAY; at < now - 2 * DAY; at += 30 * MINUTE)
    samples.push(sampleOf('value', at, ((at / 1_000) % 977) | 0));
  for (let at = now - 2 * DAY; at < now; at += 10 * SECOND) {
    if (floorTo(at, HOUR) % (5 * HOUR) !== 0) samples.push(sampleOf('value', at, ((at / 100) % 1_009) | 0));
  }
  const taken = new Map(samples.map((sample) => [sample.at, sample]));
  for (let start = 0; start < samples.length; start += 3_000)
    history.take(samples.slice(start, start + 3_000), start + 1);
  history.prune();
  const [series] = history.series;
  if (!series) return expect.fail('there is a series');
  expect(series).toMatchObject({ id: ID, place: 0 });
  // Single samples for a day, minutes for three months, quarters before.
  expect(now - series.rawFrom).toBeLessThan(26 * HOUR);
  expect(now - series.minutesFrom).toBeLessThan(93 * DAY);
  const unitAt = (at: number): number => (at < series.minutesFrom ? QUARTER : at < series.rawFrom ? MINUTE : 1);
  const artifact = await uploadTo(history, now);
  for (const window of WINDOW_NAMES) {
    for (const granularity of GRANULARITIES) {
      const found = artifact(`latest_${window}_${granularity}`);
      const range = windowRange(window, now);
      expect(found).toMatchObject({ window, granularity, from: range.from, to: range.to, segments: granularity });
      expect(shown(found), `${window} ${granularity}`).toEqual(bruteForce([...taken.values()], found, unitAt));
      const edges = segmentEdges(range, granularity);
      const isServers = found.points.every(({ t }) => edges.some((edge) => Math.abs(edge - t) < QUARTER));
      expect(isServers).toBe(true);
      if (window === '1h' || window === '10h' || window === '1d' || window === '10d') {
        expect(found.points.every(({ t, to }) => edges.includes(t) && edges.includes(to))).toBe(true);
        expect(found.samples).toBe([...taken.values()].filter(({ at }) => at >= range.from && at < range.to).length);
      }
    }
  }
  expect(artifact('latest_1d_100').envelope.missing.some(({ reason }) => reason === 'empty')).toBe(true);
});

test('late, repeated and corrected samples end in the same numbers as in order; a restart continues', async () => {
  const now = Date.parse('2026-11-23T10:00:00Z');
  const inOrder = Array.from({ length: 500 }, (_, index) =>
    sampleOf('value', now - (500 - index) * 13 * SECOND, index),
  );
  const shuffled = [...inOrder].sort((a, b) => ((a.at * 7_919) % 1_013) - ((b.at * 7_919) % 1_013));
  {
    using history = new LocalHistory(folder, 'default');
    history.take(
      shuffled.slice(0, 300).map((sample) => ({ ...sample, value: 9_999 })),
      300,
    );
  }
  using history = new LocalHistory(folder, 'default');
  expect(history.through).toBe(300);
  history.take(shuffled, 800);
  const artifact = await uploadTo(history, now);
  for (const name of ['latest_10h_500', 'latest_10d_20', 'latest_12m_500']) {
    expect(shown(artifact(name))).toEqual(bruteForce(inOrder, artifact(name), () => 1));
  }
});

test('fields that are measured together are dimensions of the first one', async () => {
  const now = Date.parse('2026-11-23T10:00:00Z');
  using history = new LocalHistory(folder, 'default');
  const rows = Array.from({ length: 60 }, (_, index) => now - (60 - index) * MINUTE);
  history.take(
    rows.flatMap((at, index) => [sampleOf('temperature', at, index), sampleOf('humidity', at, 100 - index)]),
    60,
  );
  const artifact = await uploadTo(history, now);
  const [point] = artifact('latest_1h_20', seriesId('default', 'room.temperature', labels)).points;
  expect(point).toMatchObject({
    count: 3,
    min: 1,
    max: 3,
    avg: 2,
    dimensions: { humidity: { count: 3, min: 97, max: 99, avg: 98 } },
  });
  const other = artifact('latest_1h_20', seriesId('default', 'room.humidity', labels));
  expect(other.points[0]).toMatchObject({ count: 3, avg: 98 });
  expect(other.points[0]?.dimensions).toBeUndefined();
});

test.each(['folder', 's3'] as const)(
  'after ten minutes of failing the agent uploads windows to %s, renews them, and stops when the server is back',
  async (kind) => {
    const blobs =
      kind === 's3'
        ? await openBucket(await createBucket(), 'published')
        : await openBlobs({ kind: 'folder', path: join(folder, 'out') });
    await using server = await PushServer.start();
    await using harness = new AgentHarness(server.url, { fallback: { blobs, after: 10 * MINUTE, orgId: 'default' } });
    const uploads = (): number => harness.agent.status.fallback?.lastUploadAt ?? 0;
    const place = { series: ID, window: '1h', granularity: 20 } as const;
    let value = 0;
    const step = (): void => {
      harness.measure(value++);
      harness.pass(10 * SECOND);
    };
    const until = async (holds: () => boolean): Promise<void> => {
      for (let round = 0; !holds(); round++) {
        expect(round).toBeLessThan(20_000);
        await delay(1);
        harness.pass(SECOND);
      }
    };
    for (let index = 0; index < 30; index++) step();
    await until(() => server.stored.length === 30);
    server.misbehave = (_, response) => answer(response, 503);
    const began = harness.clock.now();
    step();
    await harness.until(() => harness.agent.status.failingSince !== null);
    await until(() => uploads() > 0);
    expect(uploads() - began).toBeGreaterThanOrEqual(10 * MINUTE);
    const first = await readFallback(blobs, place);
    expect(first).toMatchObject({ meta: { stale: true, reason: expect.stringContaining('cannot reach the server') } });
    const before = uploads();
    step();
    await until(() => uploads() > before + MINUTE);
    const second = await readFallback(blobs, place);
    expect(second?.meta.generatedAt).toBeGreaterThan(first?.meta.generatedAt ?? 0);
    const keys: string[] = [];
    for await (const page of blobs.list()) keys.push(...page.map(({ key }) => key));
    expect(keys).toHaveLength(2 * WINDOW_NAMES.length * GRANULARITIES.length);
    expect(keys.every((key) => /^fallback\/[^/]+\/latest_\w+(\.meta)?\.json$/.test(key))).toBe(true);
    server.misbehave = () => false;
    await until(() => server.stored.length === value && harness.agent.status.failingSince === null);
    const last = uploads();
    for (let index = 0; index < 30; index++) {
      step();
      await delay(1);
    }
    expect(uploads()).toBe(last);
  },
);

test('a place that takes nothing is told once and costs no reading', async () => {
  writeFileSync(join(folder, 'file'), '');
  const blobs = await openBlobs({ kind: 'folder', path: join(folder, 'file', 'below') });
  await using server = await PushServer.start();
  server.misbehave = (_, response) => answer(response, 503);
  await using harness = new AgentHarness(server.url, { fallback: { blobs, after: MINUTE, orgId: 'default' } });
  for (let value = 0; value < 20; value++) harness.measure(value);
  await harness.passUntil(() => harness.agent.status.fallback?.lastError !== null);
  await harness.passUntil(
    () => harness.agent.status.failingSince !== null && harness.clock.now() > Date.parse('2026-11-23T10:10:00Z'),
  );
  expect(harness.log.filter((line) => /windows could not be uploaded/.test(line))).toHaveLength(1);
  server.misbehave = () => false;
  await harness.passUntil(() => server.stored.length === 20);
});
