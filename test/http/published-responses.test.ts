import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import type { LatestBody } from '../../src/http/samples-contract.ts';
import { push } from '../windows/windows-rig.ts';
import { ask, listen } from './listening.ts';
import { eventually, openSamplesApp, type SamplesApp } from './samples-app.ts';
import { NOW, useStore } from './test-app.ts';

const engine = useStore();
const PATH = '/api/samples/latest?window=1h';

/** A listening app whose window was asked for, so that it is ready to be written past the framework. */
async function opened(): Promise<SamplesApp & { port: number }> {
  const rig = await openSamplesApp(engine(), { context: { allowedHosts: ['127.0.0.1'] } });
  await push(rig.device, { temperature: new Map([[NOW - MINUTE, 20]]) });
  await rig.publish();
  const port = await listen(rig.app);
  const read = async () => JSON.parse((await ask(port, PATH)).body.toString()) as LatestBody;
  await eventually(read, ({ meta }) => meta.source === 'published' && !meta.stale);
  await read();
  return { ...rig, port };
}

test('what is written past the framework is what the framework would have sent', async () => {
  const { app, port } = await opened();
  // Hops and dates are the connection's own.
  const own = ({ date: _, connection: _c, 'keep-alive': _k, ...headers }: Record<string, unknown>) => headers;
  for (const headers of [{}, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'br' }] as Record<string, string>[]) {
    for (const method of ['GET', 'HEAD'] as const) {
      const past = await ask(port, PATH, headers, method);
      const through = await app.inject({ url: PATH, method, headers: { host: '127.0.0.1', ...headers } });
      expect(past.status).toBe(through.statusCode);
      expect(own(past.headers)).toEqual(own(through.headers));
      expect(past.body.equals(through.rawPayload)).toBe(true);
    }
  }
  const { headers, body } = await ask(port, PATH, { 'accept-encoding': 'gzip' });
  expect(JSON.parse(gunzipSync(body).toString()).meta.source).toBe('published');
  const held = await ask(port, PATH, { 'if-none-match': String(headers.etag) });
  expect([held.status, held.body.length, held.headers.etag]).toEqual([304, 0, headers.etag]);
});

test('a foreign host name is refused, and a request that changes something goes another way', async () => {
  const { port } = await opened();
  expect((await ask(port, PATH, { host: 'evil.example' })).status).toBe(421);
  expect((await ask(port, PATH, {}, 'DELETE')).status).toBe(405);
});

test('after samples land the next answer is marked, and after the build it is the new one', async () => {
  const rig = await opened();
  const read = async () => JSON.parse((await ask(rig.port, PATH)).body.toString()) as LatestBody;
  const before = await read();
  rig.clock.advance(SECOND);
  await push(rig.device, { temperature: new Map([[NOW, 33]]) });
  expect((await read()).meta).toMatchObject({ versionId: before.meta.versionId, stale: true });
  rig.clock.advance(10 * SECOND);
  const after = await eventually(read, ({ meta }) => !meta.stale);
  expect(after.points.at(-1)?.max).toBe(33);
});

test('requests that were answered past the framework are counted like others', async () => {
  const { app, port } = await opened();
  const count = async () =>
    Number(
      /varve_http_request_seconds_count\{route="\/api\/samples\/latest",method="GET",status="200"\} (\d+)/.exec(
        (await app.inject('/metrics')).body,
      )?.[1],
    );
  const before = await count();
  await ask(port, PATH);
  expect(await count()).toBe(before + 1);
});
