import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { Spool } from '../../src/agent/spool/spool.ts';
import { Folder } from '../cli/varve.ts';
import { PushServer, stampsOf, valuesOf } from './push-server.ts';

// Each start of the command line takes seconds where others use the machine too.
vi.setConfig({ testTimeout: 120_000 });

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; !(await holds()); round++) {
    if (round > 2_000) throw new Error('it never came to pass');
    await delay(50);
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('killed twice while it follows a file, the server away at first: a real server has every reading once, in order', async () => {
  using folder = new Folder();
  folder.configure();
  const file = folder.write('readings.log', '');
  const port = await freePort();
  const args = [
    'agent',
    '--watch',
    file,
    '--metric',
    'counted',
    '--device',
    'pi',
    '--server',
    `http://127.0.0.1:${port}`,
  ];
  let written = 0;
  const write = (count: number): void => {
    for (let index = 0; index < count; index++) appendFileSync(file, `${written++}\n`);
  };
  const segment = join(folder.path, 'spool', 'segment-0000000000000001.log');
  for (let life = 0; life < 2; life++) {
    write(200);
    const { child, ended, said } = folder.start(args);
    await said('stderr', /cannot be reached/);
    const before = existsSync(segment) ? readFileSync(segment).length : 0;
    write(300);
    await until(() => existsSync(segment) && readFileSync(segment).length > before);
    child.kill('SIGKILL');
    await ended;
  }
  const server = folder.start(['serve', '--no-auth', '--port', String(port)]);
  await server.said('stdout', /Varve serves/);
  write(100);
  const agent = folder.start(args);
  const query = `http://127.0.0.1:${port}/api/series?search=counted`;
  const count = async (): Promise<number> => {
    const { series } = (await (await fetch(query)).json()) as { series: { id: string }[] };
    const [found] = series;
    if (!found) return 0;
    const range = await fetch(`http://127.0.0.1:${port}/api/series/${found.id}/range?window=1h&step=1s`);
    return ((await range.json()) as { totalSamples: number }).totalSamples;
  };
  await until(async () => (await count()) === written);
  agent.child.kill('SIGTERM');
  const { code, stderr } = await agent.ended;
  expect(stderr).toContain('stopped; everything is sent');
  expect(code).toBe(0);
  server.child.kill('SIGTERM');
  await server.ended;
  const exported = execFileSync(
    process.execPath,
    [
      '-e',
      `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync('data/varve.db', { readOnly: true });
      process.stdout.write(JSON.stringify(db.prepare("select value from point where series = (select number from series where metric = 'counted') order by at").all().map((row) => row.value)))`,
    ],
    { cwd: folder.path },
  );
  expect(JSON.parse(exported.toString())).toEqual(upTo(written));
});

test('a command: its output, its failures and its time-outs, with everything it started', async () => {
  await using server = await PushServer.start();
  using folder = new Folder();
  const script = folder.write(
    'measure.sh',
    `n=$(cat n 2>/dev/null || echo 0); echo $((n+1)) > n
     case $n in 1) echo broken >&2; exit 3;; 2) sleep 600 & echo $! > background; sleep 600;; *) echo '{"temperature": '$n', "humidity": 40}';; esac`,
  );
  const { child, ended, said } = folder.start([
    ...[
      'agent',
      '--command',
      `sh ${script}`,
      '--every',
      '200ms',
      '--timeout',
      '1s',
      '--device',
      'pi',
      '--server',
      server.url.href,
    ],
  ]);
  await said('stderr', /the command exited with code 3: broken/);
  await said('stderr', /the command took longer than 1 s and was ended/);
  await said('stderr', /readings come again/);
  await until(() => server.stored.length >= 3);
  const background = Number(readFileSync(join(folder.path, 'background'), 'utf8'));
  await until(() => !isAlive(background));
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
  const samples = server.stored.map((line) => JSON.parse(line) as { dimensions: { temperature: number } });
  expect(samples.slice(0, 2).map(({ dimensions }) => dimensions)).toEqual([
    { temperature: 0, humidity: 40 },
    { temperature: 3, humidity: 40 },
  ]);
});

test('standard input is taken to its end, and what the server does not have waits for the next agent', async () => {
  using folder = new Folder();
  const port = await freePort();
  const args = ['agent', '--stdin', '--metric', 'm', '--server', `http://127.0.0.1:${port}`];
  const first = folder.start(args, {}, [], 'temperature,at\n1,2\n3,4\n');
  const { code, stderr } = await first.ended;
  expect(code).toBe(0);
  expect(stderr).toContain('stopped; 2 readings wait in the spool');
  const status = JSON.parse((await folder.run('agent', 'status', '--json')).stdout);
  expect(status).toMatchObject({
    spool: { waiting: 2, dropped: 0 },
    agent: { sending: 'failing', lastError: expect.stringContaining('cannot be reached') },
  });
  const { stdout } = await folder.run('agent', 'status', '--spool', './spool');
  expect(stdout).toMatch(/^waiting +2 readings$/m);
  expect(stdout).toMatch(/^sending +fails since .*cannot be reached/m);
  await using server = await PushServer.start(port);
  await folder.start(args, {}, [], 'temperature,at\n5,6\n').ended;
  expect(server.stored.map((line) => (JSON.parse(line) as { dimensions: object }).dimensions)).toEqual([
    { temperature: 1, at: 2 },
    { temperature: 3, at: 4 },
    { temperature: 5, at: 6 },
  ]);
});

test('a second agent on one spool is told so', async () => {
  using folder = new Folder();
  mkdirSync(join(folder.path, 'spool'));
  const spool = new Spool(join(folder.path, 'spool'), { limit: 1_000_000, onLoss: () => {} });
  const { code, stderr } = await folder.run('agent', '--watch', 'file');
  spool[Symbol.dispose]();
  expect(stderr).toMatch(/another agent uses the spool .*; stop it, or name another folder by --spool/);
  expect(code).toBe(1);
});

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

test.runIf(isRoot)(
  'on a full disk readings are refused loudly, nothing is torn, and it goes on when there is room',
  async () => {
    using folder = new Folder();
    await using server = await PushServer.start();
    const disk = join(folder.path, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
    try {
      server.misbehave = (_, response) => {
        response.writeHead(503);
        response.end();
        return true;
      };
      const file = folder.write('readings.log', '');
      const agent = folder.start([
        'agent',
        '--watch',
        file,
        '--metric',
        'm',
        '--spool',
        join(disk, 'spool'),
        '--server',
        server.url.href,
      ]);
      let written = 0;
      await agent.said('stderr', /lines of/);
      const write = (count: number): void =>
        appendFileSync(
          file,
          upTo(count)
            .map(() => `${written++}\n`)
            .join(''),
        );
      const refused = agent.said('stderr', /LOST or waiting: the spool .* took no readings: ENOSPC/);
      let isRefused = false;
      void refused.then(() => {
        isRefused = true;
      });
      while (!isRefused) {
        write(200);
        await delay(50);
      }
      write(100);
      server.misbehave = () => false;
      await agent.said('stderr', /the spool takes readings again/);
      await until(() => server.stored.length === written);
      expect(valuesOf(server.stored)).toEqual(upTo(written));
      const stamps = stampsOf(server.stored);
      expect(stamps.every((stamp, index) => index === 0 || stamp > (stamps[index - 1] ?? 0))).toBe(true);
      agent.child.kill('SIGTERM');
      expect((await agent.ended).code).toBe(0);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  },
);

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${process_}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = await PushServer.start();
  const port = Number(server.url.port);
  await server[Symbol.asyncDispose]();
  return port;
}
