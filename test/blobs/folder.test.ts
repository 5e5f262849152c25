import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderBlobs } from '../../src/blobs/folder-blobs.ts';
import { keysOf } from './pages.ts';

let base: string;
let root: string;
let blobs: FolderBlobs;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'varve-folder-'));
  root = join(base, 'root');
  mkdirSync(join(root, 'day'), { recursive: true });
  writeFileSync(join(root, 'day', '1.json'), '1');
  writeFileSync(join(base, 'secret.json'), 'secret');
  mkdirSync(join(base, 'outside'));
  writeFileSync(join(base, 'outside', 'secret.json'), 'secret');
  blobs = new FolderBlobs({ kind: 'folder', path: root });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test.for(['../secret.json', 'day/../../secret.json', '/etc/passwd', 'day//1.json', './day/1.json', '', 'day/', 'a\0b'])(
  'the key %j is refused: it could leave the folder',
  async (key) => {
    await expect(blobs.read(key, { maximumBytes: 100 })).rejects.toMatchObject({ problem: 'forbidden' });
    await expect(blobs.write(key, Buffer.from('x'))).rejects.toMatchObject({ problem: 'forbidden' });
  },
);

test('symbolic links are neither listed nor followed', async () => {
  symlinkSync(join(base, 'secret.json'), join(root, 'day', 'link.json'));
  symlinkSync(join(base, 'outside'), join(root, 'linked'));
  symlinkSync(root, join(root, 'day', 'loop'));
  expect(await keysOf(blobs)).toEqual(['day/1.json']);
  for (const key of ['day/link.json', 'linked/secret.json', 'day/loop/day/1.json']) {
    await expect(blobs.read(key, { maximumBytes: 100 })).rejects.toMatchObject({ problem: 'forbidden', key });
  }
  await expect(blobs.write('linked/new/x.json', Buffer.from('x'))).rejects.toMatchObject({ problem: 'forbidden' });
  expect(readdirSync(join(base, 'outside'))).toEqual(['secret.json']);
});

test('the folder itself may be a symbolic link', async () => {
  symlinkSync(root, join(base, 'alias'));
  const alias = new FolderBlobs({ kind: 'folder', path: join(base, 'alias') });
  expect(await keysOf(alias)).toEqual(['day/1.json']);
  expect(await alias.read('day/1.json', { maximumBytes: 1 })).toHaveLength(1);
});

test('blocking reads say the same as the others', async () => {
  const blocking = new FolderBlobs({ kind: 'folder', path: root }, { blocking: true });
  expect(await blocking.read('day/1.json', { maximumBytes: 1 })).toHaveLength(1);
  await expect(blocking.read('day/1.json', { maximumBytes: 0 })).rejects.toMatchObject({ problem: 'too-large' });
  await expect(blocking.read('day/2.json', { maximumBytes: 9 })).rejects.toMatchObject({ problem: 'not-found' });
});

test('a file that is still being written is no object', async () => {
  writeFileSync(join(root, 'day', '2.json.0b7c.varve-staged'), 'half');
  expect(await keysOf(blobs)).toEqual(['day/1.json']);
});

test('folders before the start are not even opened', async () => {
  for (const day of ['01', '02', '03']) {
    mkdirSync(join(root, '2026', '11', day), { recursive: true });
    writeFileSync(join(root, '2026', '11', day, '0000.json'), '');
  }
  // A folder swapped for a file would fail the listing if it were opened.
  const request = { prefix: '2026/', startAfter: '2026/11/02/', before: '2026/11/03/' };
  rmSync(join(root, '2026', '11', '01'), { recursive: true });
  symlinkSync('/nowhere', join(root, '2026', '11', '01'));
  expect(await keysOf(blobs, request)).toEqual(['2026/11/02/0000.json']);
});

test('an absent folder is not found', async () => {
  const absent = new FolderBlobs({ kind: 'folder', path: join(base, 'absent') });
  await expect(keysOf(absent)).rejects.toMatchObject({ problem: 'not-found', key: null });
  await expect(absent.check('read')).rejects.toThrow(join(base, 'absent'));
  expect(existsSync(join(base, 'absent'))).toBe(false);
});

test('a file in place of the folder is said to be none', async () => {
  const file = new FolderBlobs({ kind: 'folder', path: join(base, 'secret.json') });
  await expect(file.check('read')).rejects.toMatchObject({ problem: 'not-found' });
  await expect(file.write('x.json', Buffer.from('x'))).rejects.toThrow(join(base, 'secret.json'));
});

test('what may not be read or written is forbidden', () => {
  chmodSync(base, 0o755);
  chmodSync(root, 0o555);
  chmodSync(join(root, 'day'), 0o000);
  const program = `
    import { FolderBlobs } from ${JSON.stringify(new URL('../../src/blobs/folder-blobs.ts', import.meta.url).href)};
    const blobs = new FolderBlobs({ kind: 'folder', path: ${JSON.stringify(root)} });
    const problem = (call) => call.then(() => 'none', (error) => error.problem + ' ' + error.retryable);
    const said = [blobs.read('day/1.json', { maximumBytes: 9 }), blobs.write('x', Buffer.from('x')), blobs.check('write'), blobs.check('read')];
    process.stdout.write(JSON.stringify(await Promise.all(said.map(problem))));`;
  // Root may do everything, so another user asks.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    encoding: 'utf8',
    cwd: '/',
    ...user,
  });
  chmodSync(join(root, 'day'), 0o755);
  chmodSync(root, 0o755);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(Array(4).fill('forbidden false'));
});

test('folders that became empty go with their last object, and come back with the next', async () => {
  await blobs.write('a/b/1.json', Buffer.from('1'));
  await blobs.write('a/2.json', Buffer.from('2'));
  await blobs.remove('a/b/1.json');
  expect(readdirSync(join(root, 'a'))).toEqual(['2.json']);
  await blobs.write('a/b/1.json', Buffer.from('again'));
  await blobs.remove('a/2.json');
  rmSync(join(root, 'a'), { recursive: true });
  // It is remembered as a folder that is there.
  await blobs.write('a/b/3.json', Buffer.from('3'));
  await blobs.move('a/b/3.json', 'a/c/3.json');
  await blobs.remove('a/c/3.json');
  expect(await keysOf(blobs)).toEqual(['day/1.json']);
});
