import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Folder } from './varve.ts';

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();

describe('sample-archive', () => {
  test('writes an archive and a configuration, which backfill reads once', async () => {
    using folder = new Folder();
    const written = await folder.run('sample-archive', '--days', '1', '--streams', '3', '--write-config');
    expect(written.code).toBe(0);
    expect(written.stdout).toMatch(
      /^wrote \d+ objects \(.*\) to .*data\/blobs\/sample, all simulated\nwith \d+ gaps?, a corrupt object snapshots\S+ and a late one snapshots\S+\n$/,
    );
    expect(readFileSync(join(folder.path, 'varve.config.ts'), 'utf8')).toContain(
      `{ name: 'sample', location: './data/blobs/sample', key: 'snapshots/{yyyy}/{MM}/{dd}/{HH}{mm}.json', extract: 'platform-snapshot' },`,
    );

    const first = await folder.run('backfill', 'sample', '--json');
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/^job [0-9a-f-]{36}\n/);
    expect(first.stderr).toMatch(/\n\d+ of \d+ objects, 100 %.*\n$/);
    const objects = filesBelow(join(folder.path, 'data', 'blobs')).length;
    expect(JSON.parse(first.stdout)).toMatchObject({
      state: 'succeeded',
      result: { listed: objects, read: objects - 1, failed: 1 },
    });

    const second = await folder.run('backfill', 'sample');
    expect(second).toMatchObject({ code: 0, stdout: `done: 0 of ${objects} objects read now, 0 samples\n` });
    const { overall } = JSON.parse((await folder.run('query', 'sample.viewers', '--window', '2d', '--json')).stdout);
    expect(overall.count).toBe(objects - 1);

    const refused = await folder.run('sample-archive', '--days', '1', '--write-config');
    expect(refused).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('varve.config.ts is there already'),
    });
  });

  test('equal seeds of equal days write equal objects; without --write-config only the archive is written', async () => {
    using folder = new Folder();
    const args = ['sample-archive', '--days', '1', '--streams', '2', '--gzip', '--json', '--to'];
    const [one, two, other] = await Promise.all([
      folder.run(...args, './one', '--seed', '1'),
      folder.run(...args, './two', '--seed', '1'),
      folder.run(...args, './other', '--seed', '2'),
    ]);
    expect(readdirSync(folder.path).sort()).toEqual(['one', 'other', 'two']);
    expect(one.stderr).toContain(
      "{ name: 'sample', location: './one', key: 'snapshots/{yyyy}/{MM}/{dd}/{HH}{mm}.json.gz'",
    );
    const { archive } = JSON.parse(one.stdout);
    expect(archive).toMatchObject({ location: './one', extract: 'platform-snapshot' });
    // The runs may have begun in different minutes, so objects of the same minute are compared.
    const bodies = (name: string) => {
      const root = join(folder.path, name);
      return new Map(filesBelow(root).map((file) => [file.slice(root.length), readFileSync(file).toString('base64')]));
    };
    const [first, again, differs] = ['one', 'two', 'other'].map(bodies);
    const shared = [...(first ?? [])].filter(([key]) => again?.has(key));
    expect(shared.length).toBeGreaterThan(1_000);
    const changed = shared.filter(([key, body]) => again?.get(key) !== body);
    // Which object is broken off depends on where the days begin.
    expect(changed.length).toBeLessThanOrEqual(2);
    expect(
      [...(first ?? [])].filter(([key, body]) => differs?.has(key) && differs.get(key) !== body).length,
    ).toBeGreaterThan(1_000);
    expect([two.code, other.code]).toEqual([0, 0]);
  });

  test('a place that cannot be written is named', async () => {
    using folder = new Folder();
    folder.write('file', '');
    const { code, stderr } = await folder.run('sample-archive', '--to', './file/below');
    expect(stderr).toMatch(/^varve: .*file\/below: not a folder\n$/);
    expect(code).toBe(1);
  });
});

describe('backfill', () => {
  const archive = `{ name: 'tiny', location: './objects', key: '{unix}.json', extract: 'platform-snapshot' }`;

  test('an archive that is not configured is refused and the known ones are named', async () => {
    using folder = new Folder();
    folder.configure(archive);
    const { code, stderr } = await folder.run('backfill', 'tny');
    expect(stderr).toContain('there is no archive named "tny"; did you mean tiny?');
    expect(code).toBe(2);
    using bare = new Folder();
    expect((await bare.run('backfill', 'tiny')).stderr).toContain(
      'none is configured (no configuration file was found',
    );
  });

  test('an archive that cannot be reached fails the job with its reason', async () => {
    using folder = new Folder();
    folder.configure(archive);
    const { code, stdout, stderr } = await folder.run('backfill', 'tiny');
    expect(stderr).toMatch(/^varve: job [0-9a-f-]{36} failed: .*objects: no such file or folder$/m);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  test('an interruption gives the job back, and repeating goes on with it', async () => {
    using folder = new Folder();
    const release = holdObjects(folder);
    const running = folder.start(['backfill', 'tiny']);
    const [, id] = await running.said('stderr', /^job ([0-9a-f-]{36})$/m);
    await running.said('stderr', /^held$/m);
    running.child.kill('SIGINT');
    await running.said('stderr', /^stopping after what is being read/m);
    release();
    const { code, stderr } = await running.ended;
    expect(stderr).toContain(`stopped; job ${id} went back to the queue.`);
    expect(code).toBe(130);
    expect(JSON.parse((await folder.run('jobs', '--live', '--json')).stdout).jobs).toMatchObject([
      { id, state: 'queued' },
    ]);

    const again = await folder.run('backfill', 'tiny', '--json');
    expect(again.stderr).toContain(`this is under way already as job ${id}`);
    expect(JSON.parse(again.stdout)).toMatchObject({ id, state: 'succeeded' });
    const { overall } = JSON.parse(
      (await folder.run('query', 'n', '--from', '2026-03-01', '--to', '2026-03-02', '--json')).stdout,
    );
    expect(overall).toMatchObject({ count: 5, sum: 10 });
  });

  test('two at once share one job; one that only watches may leave', async () => {
    using folder = new Folder();
    const release = holdObjects(folder);
    const first = folder.start(['backfill', 'tiny', '--json']);
    const [, id] = await first.said('stderr', /^job ([0-9a-f-]{36})$/m);
    await first.said('stderr', /^held$/m);
    const [leaves, stays] = [folder.start(['backfill', 'tiny']), folder.start(['backfill', 'tiny', '--json'])];
    for (const other of [leaves, stays]) await other.said('stderr', /^this is under way already as job/m);
    leaves.child.kill('SIGINT');
    expect(await leaves.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining(`job ${id} goes on without this command`),
    });
    release();
    for (const { code, stdout } of await Promise.all([first.ended, stays.ended])) {
      expect({ code, job: JSON.parse(stdout) }).toMatchObject({
        code: 0,
        job: { id, state: 'succeeded', result: { read: OBJECTS } },
      });
    }
  });
});

const OBJECTS = 5;

/** Configures an archive whose objects are held when they are read, so that a test can come in the middle. Returns how to let them go. */
function holdObjects(folder: Folder): () => void {
  const released = join(folder.path, 'released');
  folder.write(
    'varve.config.ts',
    `import { existsSync, writeSync } from 'node:fs';
     export default { hostSource: false, archives: [{ name: 'tiny', location: './objects', key: '{unix}.json', extract: (snapshot) => {
       writeSync(2, 'held\\n');
       const wait = new Int32Array(new SharedArrayBuffer(4));
       while (!existsSync(${JSON.stringify(released)})) Atomics.wait(wait, 0, 0, 5);
       return [{ metric: 'n', value: snapshot.n }];
     } }] };`,
  );
  mkdirSync(join(folder.path, 'objects'));
  const start = Date.UTC(2026, 2, 1) / 1000;
  for (let n = 0; n < OBJECTS; n++) {
    writeFileSync(join(folder.path, 'objects', `${start + n * 60}.json`), JSON.stringify({ n }));
  }
  return () => writeFileSync(released, '');
}
