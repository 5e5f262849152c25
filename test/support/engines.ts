import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Engine } from '../../src/store/engine.ts';
import { openStore, type StoreLocation } from '../../src/store/open.ts';
import { createDatabase } from './postgres.ts';

/** A fresh, migrated store of one engine, and a way to open it a second time as another process would. */
export interface TestStore {
  readonly engine: Engine;
  readonly location: StoreLocation;
  reopen(): Promise<Engine>;
}

/** Runs a suite on a real SQLite file and on a real PostgreSQL database, each fresh for the suite. */
export function onEachEngine(suite: (store: () => TestStore, name: string) => void): void {
  for (const name of ['sqlite', 'postgres'] as const) {
    describe(name, () => {
      let store: TestStore | undefined;
      let remove = async (): Promise<void> => {};
      const extra: Engine[] = [];

      beforeAll(async () => {
        const created = name === 'sqlite' ? temporaryFile() : await temporaryDatabase();
        remove = created.remove;
        const open = () => openStore(created.location);
        store = {
          engine: await open(),
          location: created.location,
          reopen: async () => {
            const engine = await open();
            extra.push(engine);
            return engine;
          },
        };
      });
      afterAll(async () => {
        for (const engine of extra) await engine[Symbol.asyncDispose]();
        await store?.engine[Symbol.asyncDispose]();
        await remove();
      });

      suite(() => {
        if (!store) throw new Error('the store is opened before each suite');
        return store;
      }, name);
    });
  }
}

/** A folder for an SQLite file that does not exist yet. */
export function temporaryFile(): { location: { file: string }; remove: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'varve-store-'));
  return {
    location: { file: join(folder, 'varve.db') },
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function temporaryDatabase(): Promise<{ location: { url: string }; remove: () => Promise<void> }> {
  const database = await createDatabase();
  return { location: { url: database.url }, remove: () => database.drop() };
}
