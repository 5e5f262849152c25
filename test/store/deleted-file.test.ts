import { renameSync, rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { ensureOrg } from '../../src/store/catalog.ts';
import { openStore } from '../../src/store/open.ts';
import { temporaryFile } from '../support/engines.ts';

const file = temporaryFile();
afterEach(() => file.remove());

test('a store whose file was deleted takes nothing more, and says so; put back, it goes on', async () => {
  const path = file.location.file;
  const engine = await openStore(file.location);
  const write = () => engine.write(({ database }) => ensureOrg(database, 'default', 'Default', 1));
  await write();
  renameSync(path, `${path}.away`);
  await expect(write()).rejects.toMatchObject({ name: 'StoreUnavailable', reason: 'unreachable' });
  await expect(engine.size()).rejects.toThrow(/was deleted or replaced/);
  renameSync(`${path}.away`, path);
  await expect(write()).resolves.toMatchObject({ id: 'default' });
  rmSync(path);
  await expect(write()).rejects.toThrow(/was deleted or replaced/);
  await engine[Symbol.asyncDispose]();
});
