import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { checkClock, checkNode, nearestFolder } from '../../src/cli/doctor/machine.ts';
import { checkStore, findingsOf, type StoreLook } from '../../src/cli/doctor/store.ts';
import { migrationNames } from '../../src/store/migrations/migrate.ts';
import { openStore } from '../../src/store/open.ts';
import { onEachEngine } from '../support/engines.ts';
import { createDatabase } from '../support/postgres.ts';
import { createBucket, s3Client } from '../support/s3.ts';
import { startS3Faults } from '../support/s3-faults.ts';
import { Folder, type Outcome } from './varve.ts';

interface Found {
  readonly check: string;
  readonly state: string;
  readonly text: string;
  readonly mend?: string;
}

const findingsIn = ({ stdout }: Outcome): Found[] => JSON.parse(stdout).findings;

/** A port that was free a moment ago. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return String(port);
}

test('all is well in an empty folder, and nothing is left behind', async () => {
  using folder = new Folder();
  const port = await freePort();
  const { code, stdout, stderr } = await folder.run('doctor', '--port', port);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^ok {4}node/m);
  expect(stdout).toContain('is not there yet; varve serve or varve backfill makes it');
  expect(stdout).toContain(`${port} of 127.0.0.1 is free`);
  expect(stdout).toContain('\nall is well\n');
  expect(stdout).toMatch(new RegExp(`^port +flag +${port}$`, 'm'));
  expect(stdout).not.toContain('\u001b');
  expect(readdirSync(folder.path)).toEqual([]);
});

test('everything wrong is found at once, each with its mend', async () => {
  using folder = new Folder();
  mkdirSync(join(folder.path, 'objects'));
  writeFileSync(join(folder.path, 'objects', 'other.txt'), '');
  mkdirSync(join(folder.path, 'broken'));
  writeFileSync(join(folder.path, 'broken', '1700000000.json'), '{"n":');
  folder.configure(
    `{ name: 'gone', location: './nowhere', key: '{unix}.json', extract: 'platform-snapshot' }`,
    `{ name: 'odd', location: './objects', key: '{unix}.json', extract: 'platform-snapshot' }`,
    `{ name: 'broken', location: './broken', key: '{unix}.json', extract: 'platform-snapshot' }`,
    `{ name: 'bucket', location: 's3://bucket/x', key: '{unix}.json', extract: 'platform-snapshot', endpoint: 'http://127.0.0.1:1', region: 'us-east-1' }`,
  );
  folder.write('.env', 'VARVE_PROT=1\nOTHER_REGION=x\nDATABASE_URL=\n');
  folder.write('varve.db', 'this was a database once, before somebody wrote over it');
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as { port: number };
  const env = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'not-to-be-seen' };
  const outcome = await folder.start(['doctor', '--json', '--data', '.', '--port', String(port)], env).ended;
  blocker.close();
  expect(outcome.code).toBe(1);
  expect(outcome.stdout).not.toContain('not-to-be-seen');
  const findings = findingsIn(outcome);
  expect(findings).toEqual(
    expect.arrayContaining([
      { check: 'environment', state: 'warn', text: 'VARVE_PROT is no setting', mend: 'did you mean VARVE_PORT?' },
      expect.objectContaining({ state: 'warn', text: expect.stringContaining('OTHER_REGION not read from this file') }),
      expect.objectContaining({
        check: 'store',
        state: 'fail',
        text: expect.stringContaining('file is not a database'),
      }),
      expect.objectContaining({
        check: 'port',
        state: 'fail',
        text: `${port} of 127.0.0.1 is in use by another program`,
      }),
      expect.objectContaining({ check: 'archive gone', state: 'fail', mend: 'mend the location of the archive' }),
      expect.objectContaining({
        check: 'archive odd',
        state: 'warn',
        text: expect.stringContaining('there is other.txt'),
      }),
      expect.objectContaining({ check: 'archive broken', state: 'warn', text: expect.stringContaining('not JSON') }),
      expect.objectContaining({ check: 'archive bucket', state: 'fail' }),
    ]),
  );
  for (const { state, mend } of findings) expect(state === 'ok' || (mend ?? '').length > 0).toBe(true);
});

test('a broken configuration fails, and what does not need it is checked all the same', async () => {
  using folder = new Folder();
  folder.write('varve.config.ts', 'export default { port: -1, hosts: 2 }');
  const { code, stdout } = await folder.run('doctor');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ok +node/m);
  expect(stdout.match(/^fail +configuration/gm)).toHaveLength(2);
  expect(stdout).toContain('2 failed');
});

test('a secret that others can read is a warning', async () => {
  using folder = new Folder();
  const file = folder.write('.env', 'DATABASE_URL=\n');
  const port = await freePort();
  chmodSync(file, 0o644);
  expect(findingsIn(await folder.run('doctor', '--port', port, '--json'))).toContainEqual({
    check: 'environment',
    state: 'warn',
    text: `${file} can be read by other users`,
    mend: `chmod 600 ${file}`,
  });
  chmodSync(file, 0o600);
  expect(findingsIn(await folder.run('doctor', '--port', port, '--json'))).toContainEqual({
    check: 'environment',
    state: 'ok',
    text: file,
  });
});

test('an S3 archive: readable, without the right to read, without the right to list, absent', async () => {
  const bucket = await createBucket();
  const client = s3Client(bucket);
  await client.send(new PutObjectCommand({ Bucket: bucket.bucket, Key: 'x/1700000000.json', Body: '{}' }));
  client.destroy();
  const faults = await startS3Faults(bucket.endpoint);
  using folder = new Folder();
  const archive = (name: string, location: string) =>
    `{ name: '${name}', location: '${location}', key: '{unix}.json', extract: 'platform-snapshot', endpoint: '${faults.endpoint}', region: '${bucket.region}' }`;
  folder.configure(archive('there', `s3://${bucket.bucket}/x`), archive('absent', 's3://varve-test-nowhere/x'));
  const port = await freePort();
  const env = { AWS_ACCESS_KEY_ID: bucket.accessKeyId, AWS_SECRET_ACCESS_KEY: bucket.secretAccessKey };
  const look = async (name = 'there') => {
    const outcome = await folder.start(['doctor', '--json', '--port', port], env).ended;
    expect(outcome.stdout).not.toContain(bucket.secretAccessKey);
    return findingsIn(outcome).find(({ check }) => check === `archive ${name}`);
  };
  try {
    expect(await look()).toMatchObject({ state: 'ok', text: expect.stringContaining('can be listed and read') });
    expect(await look('absent')).toMatchObject({ state: 'fail', mend: 'mend the location of the archive' });
    faults.inject({ kind: 'forbidden' }, { operation: 'GetObject' });
    expect(await look()).toMatchObject({ state: 'fail', mend: expect.stringContaining('allow s3:GetObject there') });
    faults.inject({ kind: 'forbidden' }, { operation: 'ListObjectsV2' });
    expect(await look()).toMatchObject({ state: 'fail', mend: expect.stringContaining('allow s3:ListBucket there') });
  } finally {
    await faults.stop();
  }
});

describe('clock and Node', () => {
  const now = Date.parse('2026-11-23T14:00:00Z');

  test.each([
    ['in step', now, now + 5, now + 10, 'ok', '2026-11-23T14:00:00.010Z'],
    ['a file system that is behind', now, now - 60_000, now + 10, 'warn', '60 s off'],
    ['a file system that is ahead', now, now + 60_000, now, 'warn', '60 s off'],
    ['going back while looked at', now, now, now - 500, 'warn', 'went back 500 ms'],
    ['never set', 5, 5, 5, 'fail', 'it says 1970-01-01'],
  ])('%s', (_name, before, stamped, after, state, text) => {
    expect(checkClock(before, stamped, after)).toMatchObject({
      check: 'clock',
      state,
      text: expect.stringContaining(text),
    });
  });

  test('an old Node fails', () => {
    expect(checkNode('20.18.1')).toMatchObject({ state: 'fail', text: '20.18.1 is too old' });
    expect(checkNode()).toMatchObject({ state: 'ok' });
  });

  test('what is not there yet lies on the disk of the nearest folder above', () => {
    expect(nearestFolder('/tmp/surely-not-there/nor/this')).toBe('/tmp');
  });
});

describe('what was seen of a store', () => {
  const now = Date.parse('2026-11-23T14:00:00Z');
  const look: StoreLook = {
    name: 'a store',
    migrations: migrationNames,
    unwritable: undefined,
    damage: undefined,
    newestEvent: now,
    clockAhead: 0,
  };

  test.each<[string, Partial<StoreLook>, string, string]>([
    ['nothing wrong', {}, 'ok', 'its schema is up to date'],
    ['no tables yet', { migrations: undefined }, 'ok', 'is empty'],
    ['older', { migrations: migrationNames.slice(1) }, 'ok', '1 migration will be run'],
    ['newer', { migrations: [...migrationNames, '999-later'] }, 'fail', 'was made by a newer Varve (999-later)'],
    ['not to be written', { unwritable: 'permission denied' }, 'fail', 'cannot be written: permission denied'],
    ['damaged', { damage: 'page 7' }, 'fail', 'is damaged: page 7'],
  ])('%s', (_name, part, state, text) => {
    expect(findingsOf({ ...look, ...part }, now)).toMatchObject([
      { check: 'store', state, text: expect.stringContaining(text) },
    ]);
  });

  test('clocks that do not agree', () => {
    expect(findingsOf({ ...look, newestEvent: now + 3_600_000, clockAhead: -120_000 }, now)).toMatchObject([
      { check: 'store', state: 'ok' },
      {
        check: 'clock',
        state: 'warn',
        text: expect.stringContaining('2026-11-23T15:00:00.000Z, which is still to come'),
      },
      { check: 'clock', state: 'warn', text: 'the clock of the database is 120 s behind' },
    ]);
  });
});

onEachEngine((store) => {
  test('a store is looked into without changing it', async () => {
    expect(await checkStore(store().location, Date.now())).toMatchObject([
      { state: 'ok', text: expect.stringMatching(/its schema is up to date$/) },
    ]);
  });
});

test('a PostgreSQL database without tables, without rights, without an answer', async () => {
  const database = await createDatabase();
  try {
    const look = () => checkStore({ url: database.url }, Date.now());
    expect(await look()).toMatchObject([{ state: 'ok', text: expect.stringContaining('is empty') }]);
    const engine = await openStore({ url: database.url });
    await engine[Symbol.asyncDispose]();
    const missing = new URL(database.url);
    missing.pathname = '/there-is-none';
    expect(await checkStore({ url: missing.href }, Date.now())).toMatchObject([
      { state: 'fail', text: expect.stringContaining('does not exist') },
    ]);
  } finally {
    await database.drop();
  }
  expect(await checkStore({ url: 'postgres://127.0.0.1:1/none' }, Date.now())).toMatchObject([
    { state: 'fail', text: expect.stringContaining('ECONNREFUSED'), mend: expect.stringContaining('DATABASE_URL') },
  ]);
});
