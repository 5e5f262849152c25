import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { batchesOf, type PushBatch } from '../../src/cli/push/batches.ts';
import type { Format } from '../../src/sources/push/formats.ts';
import { PushServer } from '../agent/push-server.ts';
import { Folder } from './varve.ts';

vi.setConfig({ testTimeout: 120_000 });

const HEADER = 'timestamp,temperature,humidity';

async function cut(text: string, format: Format, metric?: string, size = 7): Promise<PushBatch[]> {
  const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );
  const batches: PushBatch[] = [];
  for await (const batch of batchesOf(Readable.from(pieces), format, metric)) batches.push(batch);
  return batches;
}

const bodyOf = async (...args: Parameters<typeof cut>): Promise<string> =>
  (await cut(...args)).map(({ body }) => body).join('|');

describe('an input is cut into bodies', () => {
  test('lists of JSON become lines, whatever stands between and inside the elements', async () => {
    const list = '[ {"a": "},]\\"", "v": [1]},\n\n {"b":\n 2} ]\n';
    const lines = '{"a": "},]\\"", "v": [1]}\n{"b":  2}\n';
    for (const size of [1, 3, 1_000]) {
      expect(await bodyOf(list, 'json', undefined, size)).toBe(lines);
      expect(await bodyOf(`{"samples" : ${list} }`, 'json', undefined, size)).toBe(lines);
    }
    expect(await bodyOf('{"value":\n1}', 'json')).toBe('{"value": 1}\n');
    expect(await bodyOf('no json at all', 'json')).toBe('no json at all\n');
  });

  test('each body of CSV begins with the columns, cells with line breaks stay whole, and lines are those of the input', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => (index % 10 === 0 ? `"a\n""b",${index}` : `c,${index}`));
    const batches = await cut(`label:x,value\r\n${rows.join('\n')}\n`, 'csv', undefined, 10_000);
    expect(batches.length).toBe(2);
    for (const { body } of batches) expect(body.startsWith('label:x,value\n')).toBe(true);
    expect(batches.flatMap(({ body }) => body.slice('label:x,value\n'.length)).join('')).toBe(`${rows.join('\n')}\n`);
    // Row 20,001 stands below the names of the columns and 2,000 rows of two lines.
    expect(batches[1]?.lineOf(2)).toBe(1 + 20_000 + 2_000 + 1);
  });

  test('texts of line protocol may hold line ends', async () => {
    const text = 'm text="a\nb\\"c",v=1\nm v=2\n';
    expect(await bodyOf(text, 'line')).toBe(text);
  });

  test('a metric is given to samples that name none', async () => {
    expect(
      await bodyOf(
        '{"value":1}\n{"metric":"x","value":2}\n{"labels":{"metric":"y"},"value":12345678901234567890}\n',
        'ndjson',
        'm',
      ),
    ).toBe(
      '{"metric":"m","value":1}\n{"metric":"x","value":2}\n{"metric":"m","labels":{"metric":"y"},"value":12345678901234567890}\n',
    );
    expect(await bodyOf('time;v\n1;2\n', 'csv', 'm')).toBe('time;v;metric\n1;2;m\n');
    expect(await bodyOf('time,metric,v\n1,x,2\n', 'csv', 'm')).toBe('time,metric,v\n1,x,2\n');
  });
});

describe('push', () => {
  test('sends a file to a real server, names rejected lines by the input, and ends with 1 when there are any', async () => {
    using folder = new Folder();
    folder.configure();
    const server = folder.start(['serve', '--no-auth', '--port', '0']);
    const [, url = ''] = await server.said('stdout', /at (http:\S+)/);
    const good = Array.from(
      { length: 25_000 },
      (_, index) => `${Date.UTC(2026, 10, 1) + index * 1_000},${index % 50},40`,
    );
    const rows = good.with(3, 'nonsense,1,2').with(24_000, '2026-11-01T00:00:00Z,warm,40');
    folder.write('readings.csv', `${HEADER}\n${rows.join('\n')}\n`);
    const args = ['push', 'readings.csv', '--device', 'pi', '--metric', 'room', '--server', url];
    const first = await folder.run(...args);
    expect(first.stderr).toMatch(/^line 5: timestamp "nonsense" /m);
    expect(first.stderr).toMatch(/^line 24002: temperature must be a number, got "warm"$/m);
    expect(first.stdout).toBe(`sent to ${url}: 24998 samples with 49996 numbers, 2 new series, 2 rejected\n`);
    expect(first.code).toBe(1);

    writeFileSync(join(folder.path, 'readings.csv.gz'), gzipSync(`${HEADER}\n${good.join('\n')}\n`));
    const second = await folder.run(
      'push',
      'readings.csv.gz',
      '--device',
      'pi',
      '--metric',
      'room',
      '--server',
      url,
      '--json',
    );
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ format: 'csv', accepted: 25_000, rejected: [], newSeries: 0 });
    const { series } = (await (await fetch(`${url}/api/series?search=room.temperature`)).json()) as {
      series: { id: string }[];
    };
    const range = await fetch(`${url}/api/series/${series[0]?.id}/range?from=2026-11-01&to=2026-11-02`);
    expect(await range.json()).toMatchObject({ totalSamples: 25_000 });
    server.child.kill('SIGTERM');
    await server.ended;
  });

  test('--dry-run says the same and sends nothing', async () => {
    using folder = new Folder();
    folder.write('a.lp', 'm,device=x v=1,w=2 1700000000000000000\nm v=\n# nothing\n');
    const { code, stdout, stderr } = await folder.run('push', 'a.lp', '--dry-run', '--server', 'http://127.0.0.1:9');
    expect(stdout).toBe('could be sent: 1 sample with 2 numbers, 2 new series, 1 rejected\n');
    expect(stderr).toMatch(/^line 2: /);
    expect(code).toBe(1);
  });

  test('reads standard input, sees what it is written in, and waits where the server asks for patience', async () => {
    await using server = await PushServer.start();
    let refusals = 2;
    server.misbehave = (_, response) => {
      if (refusals-- <= 0) return false;
      response.writeHead(429, { 'retry-after': '1' });
      response.end();
      return true;
    };
    using folder = new Folder();
    const input = '[{"metric":"a","value":1},{"metric":"a","value":2}]';
    const { code, stdout, stderr } = await folder.start(
      ['push'],
      { VARVE_SERVER: server.url.href, VARVE_TOKEN: 'secret' },
      [],
      input,
    ).ended;
    expect(stderr).toMatch(/the server answered 429.*; again in \d s\n/);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('2 samples') });
    expect(server.stored).toEqual(['{"metric":"a","value":1}', '{"metric":"a","value":2}']);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer secret');
    expect(stdout + stderr).not.toContain('secret');
  });

  test.each([
    [['push', 'gone.csv'], 1, 'there is no file gone.csv'],
    [['push', '--format', 'xml'], 2, 'Allowed choices are auto, csv'],
    [['push', 'a.lp', '--metric', 'm', '--dry-run'], 2, 'every sample of line protocol names its metric'],
    [['push', 'empty', '--dry-run'], 1, 'empty is empty'],
    [['push', 'cut.csv.gz', '--dry-run'], 1, 'cut.csv.gz cannot be read to its end: it is no whole gzip file'],
    [['push', 'open.csv', '--dry-run'], 1, 'a quotation mark is not closed'],
    [['push', 'a.lp', '--server', 'varve:7357'], 2, '--server: that is no address of a server'],
    [['push', 'a.lp', '--server', 'http://127.0.0.1:9'], 1, 'nothing was stored'],
    [['agent'], 2, 'say where readings come from: --command, --watch or --stdin'],
    [['agent', '--stdin', '--spool-limit', '5'], 2, 'at least 1MB'],
    [['agent', '--stdin', '--every', 'often'], 2, 'such as 10s, 5m or 1h'],
    [['agent', '--stdin', '--watch', 'x'], 2, 'cannot be used with option'],
    [['agent', 'status'], 1, 'there is no spool at'],
  ])('%j is told what is wrong', async (args, expected, message) => {
    using folder = new Folder();
    folder.write('a.lp', 'm v=1\n');
    folder.write('empty', '');
    folder.write('open.csv', `${HEADER}\n1,"2,3\n`);
    writeFileSync(join(folder.path, 'cut.csv.gz'), gzipSync('a'.repeat(10_000)).subarray(0, 30));
    const { code, stdout, stderr } = await folder.start(args, {}, [], '').ended;
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  });

  test('a packed file of 100 MB is sent with a heap of 80 MB', async () => {
    await using server = await PushServer.start();
    server.misbehave = () => {
      server.requests.length = 0;
      return false;
    };
    using folder = new Folder();
    const line = `{"metric":"m","labels":{"device":"pi"},"timestamp":1795428900000,"value":1,"dimensions":{"filler":${'1'.repeat(100)}}}\n`;
    const file = join(folder.path, 'large.ndjson.gz');
    const chunk = line.repeat(5_000);
    await pipeline(
      Readable.from(Array.from({ length: Math.ceil(1e8 / chunk.length) }, () => chunk)),
      createGzip({ level: 1 }),
      createWriteStream(file),
    );
    const { code, stdout } = await folder.start(['push', file, '--server', server.url.href], {}, [
      '--max-old-space-size=80',
    ]).ended;
    expect(stdout).toMatch(/: \d{6,} samples/);
    expect(code).toBe(0);
  });
});
