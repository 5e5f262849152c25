import { gzipSync } from 'node:zlib';
import { InfluxDB, Point } from '@influxdata/influxdb-client';
import { InfluxDB as InfluxDB1 } from 'influx';
import { expect, test } from 'vitest';
import { onEachEngine } from '../support/engines.ts';
import { ask } from './listening.ts';
import { openPushRig, send, useFileStore } from './push-rig.ts';

onEachEngine((store) => {
  test('the client library of InfluxDB 2 writes unchanged, packed and in its own batches', async () => {
    const rig = await openPushRig(store());
    const client = new InfluxDB({ url: rig.url, token: 'any', timeout: 60_000 });
    const writing = client.getWriteApi('org', 'bucket', 'ms', { batchSize: 100, gzipThreshold: 1_000, maxRetries: 0 });
    writing.useDefaultTags({ host: 'pi' });
    const at = Date.now() - 3_600_000;
    for (let index = 0; index < 250; index++) {
      writing.writePoint(
        new Point('room, big')
          .tag('floor', 'first = 1')
          .floatField('temperature', 20 + index / 100)
          .intField('humidity', index)
          .booleanField('occupied', index % 2 === 0)
          .stringField('note', 'a "quoted" text, with = signs')
          .timestamp(at + index * 1_000),
      );
    }
    await writing.close();
    const stored = await rig.samples('room__big.temperature', { host: 'pi', device: 'pi', floor: 'first = 1' });
    expect(stored).toEqual(Array.from({ length: 250 }, (_, index) => [at + index * 1_000, 20 + index / 100]));
    expect(await rig.samples('room__big.occupied')).toHaveLength(250);
    expect(rig.troubles).toEqual([]);
  }, 180_000);

  test('the client library of InfluxDB 1 makes its database and writes unchanged', async () => {
    const rig = await openPushRig(store());
    const client = new InfluxDB1({ host: '127.0.0.1', port: rig.port, database: 'greenhouse' });
    expect(await client.getDatabaseNames()).toEqual(['varve']);
    await client.createDatabase('greenhouse');
    const [ping] = await client.ping(5_000);
    expect(ping).toMatchObject({ online: true, version: '1.8.10' });
    const at = Date.now() - 60_000;
    await client.writePoints([
      {
        measurement: 'soil',
        tags: { device: 'bed 1' },
        fields: { moisture: 0.25, note: 'dry' },
        timestamp: new Date(at),
      },
    ]);
    await client.writePoints(
      [{ measurement: 'soil', tags: { device: 'bed 1' }, fields: { moisture: 0.5 }, timestamp: at + 1 }],
      {
        precision: 'ms',
      },
    );
    expect(await rig.samples('soil.moisture', { device: 'bed 1' })).toEqual([
      [at, 0.25],
      [at + 1, 0.5],
    ]);
    await expect(
      client.writePoints([
        { measurement: 'soil', fields: { moisture: 1 }, timestamp: new Date(Date.now() + 86_400_000) },
      ]),
    ).rejects.toThrow(/unable to parse line 1: timestamp .* is in the future/);
  }, 180_000);
});

const store = useFileStore();

/** What Telegraf sends every ten seconds, in its own spelling. */
const telegraf = (at: number): string =>
  [
    `cpu,cpu=cpu0,host=pi4 usage_user=1.9980019980023457,usage_system=0.8991008991009,usage_idle=96.9 ${at}000000`,
    `cpu,cpu=cpu-total,host=pi4 usage_user=2.5,usage_system=1,usage_idle=96 ${at}000000`,
    `mem,host=pi4 available_percent=88.7,total=3977224192i,free=2845204480u,swap_total=0i ${at}000000`,
    `disk,device=mmcblk0p2,fstype=ext4,host=pi4,mode=rw,path=/ total=30815789056i,used_percent=14.3 ${at}000000`,
    `system,host=pi4 uptime_format="1 day, 2:03" ${at}000000`,
    `system,host=pi4 load1=0.1,n_users=1i,uptime=93812i ${at}000000`,
    '',
  ].join('\n');

test.each([
  ['/write?db=telegraf&precision=ns', {}],
  ['/api/v2/write?bucket=b&org=o&precision=ns', { 'content-encoding': 'gzip' }],
])('Telegraf writes to %s', async (path, headers: Record<string, string>) => {
  const rig = await openPushRig(store());
  const at = Date.now() - 10_000;
  const body = headers['content-encoding'] ? gzipSync(telegraf(at)) : telegraf(at);
  const { status, headers: answered } = await send(rig.port, path, body, {
    'content-type': 'text/plain; charset=utf-8',
    ...headers,
  });
  expect(status).toBe(204);
  expect(answered['x-influxdb-version']).toBe('1.8.10');
  expect(await rig.samples('cpu.usage_idle', { cpu: 'cpu0', host: 'pi4', device: 'pi4' })).toEqual([[at, 96.9]]);
  expect(await rig.samples('mem.total', { device: 'pi4' })).toEqual([[at, 3977224192]]);
  // All is of one sender, though Telegraf calls the disk a device too.
  expect(await rig.samples('disk.used_percent', { device: 'pi4', host: 'pi4', device_tag: 'mmcblk0p2' })).toEqual([
    [at, 14.3],
  ]);
});

test.each([
  ['s', 1_000],
  ['ms', 1],
  ['u', 0.001],
  ['us', 0.001],
  ['µ', 0.001],
  ['n', 0.000001],
  ['m', 60_000],
  ['h', 3_600_000],
  ['', 0.000001],
])('precision %j of InfluxDB 1', async (precision, unit) => {
  const rig = await openPushRig(store());
  const at = Math.floor((Date.now() - 7_200_000) / 3_600_000) * 3_600_000;
  const stamp = unit >= 1 ? String(at / unit) : `${at}${'0'.repeat(Math.round(-Math.log10(unit)))}`;
  const { status } = await send(
    rig.port,
    `/write?db=x&precision=${encodeURIComponent(precision)}`,
    `p,device=p${unit} v=1 ${stamp}`,
    {},
  );
  expect(status).toBe(204);
  expect(await rig.samples('p.v', { device: `p${unit}` })).toEqual([[at, 1]]);
});

test('errors are told in the words of either version, and good lines are stored', async () => {
  const rig = await openPushRig(store());
  const v1 = await send(rig.port, '/write?db=x', 'good v=1\nbad\n', {});
  expect(v1.status).toBe(400);
  expect(v1.body).toEqual({ error: 'partial write: unable to parse line 2: no fields: "bad" dropped=1' });
  expect(v1.headers['x-influxdb-error']).toBe('partial write: unable to parse line 2: no fields: "bad" dropped=1');
  const v2 = await send(rig.port, '/api/v2/write', 'good v=1\nbad\n', {});
  expect(v2.status).toBe(400);
  expect(v2.body).toEqual({
    code: 'invalid',
    message: 'partial write: unable to parse line 2: no fields: "bad" dropped=1',
  });
  expect(await rig.samples('good.v')).toHaveLength(2);
  expect((await send(rig.port, '/write?precision=x', 'a v=1', {})).body).toEqual({
    error: 'invalid precision "x" (use ns, us, ms, s, n, u, µ, m, h)',
  });
  expect((await send(rig.port, '/api/v2/write?precision=m', 'a v=1', {})).body).toMatchObject({ code: 'invalid' });
  expect((await send(rig.port, '/write', 'a v=1', { 'content-encoding': 'br' })).body).toHaveProperty('error');
  expect((await send(rig.port, '/write', '', {})).status).toBe(204);
});

test('a sender is turned away in the words of either version when too much is on its way', async () => {
  const rig = await openPushRig(store(), { budget: 1 });
  const v1 = await send(rig.port, '/write', 'a v=1', {});
  expect([v1.status, v1.headers['retry-after']]).toEqual([429, '2']);
  const v2 = await send(rig.port, '/api/v2/write', 'a v=1', {});
  expect([v2.status, v2.headers['retry-after'], v2.body]).toMatchObject([429, '2', { code: 'too many requests' }]);
});

test('what senders ask before they write', async () => {
  const rig = await openPushRig(store());
  for (const method of ['GET', 'HEAD']) {
    const ping = await ask(rig.port, '/ping', {}, method);
    expect([ping.status, ping.headers['x-influxdb-version'], ping.body.length]).toEqual([204, '1.8.10', 0]);
  }
  const verbose = await ask(rig.port, '/ping?verbose=true');
  expect(JSON.parse(String(verbose.body))).toEqual({ version: '1.8.10' });
  const health = await ask(rig.port, '/health');
  expect(JSON.parse(String(health.body))).toMatchObject({ status: 'pass', message: 'ready for queries and writes' });
  const shown = await ask(rig.port, `/query?q=${encodeURIComponent('SHOW DATABASES')}`);
  expect(JSON.parse(String(shown.body))).toEqual({
    results: [{ statement_id: 0, series: [{ name: 'databases', columns: ['name'], values: [['varve']] }] }],
  });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const created = await send(rig.port, '/query', 'q=CREATE+DATABASE+%22telegraf%22', form);
  expect([created.status, created.body]).toEqual([200, { results: [{ statement_id: 0 }] }]);
  const other = await send(rig.port, '/query', 'q=DROP+DATABASE+x', form);
  expect([other.status, Object.keys(other.body)]).toEqual([400, ['error']]);
});
