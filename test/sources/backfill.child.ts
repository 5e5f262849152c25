import type { BlobLocation } from '../../src/blobs/location.ts';
import { systemClock } from '../../src/jobs/system-clock.ts';
import { openArchive } from '../../src/sources/archive/open.ts';
import type { ArchiveSettings } from '../../src/sources/archive/settings.ts';
import { ensureOrg } from '../../src/store/catalog.ts';
import { openStore, type StoreLocation } from '../../src/store/open.ts';

/** A process of its own that backfills one archive; the store and the location come as JSON. */
export interface ChildInput {
  readonly store: StoreLocation;
  readonly location: BlobLocation;
  readonly settings: Omit<ArchiveSettings, 'location' | 'extract'>;
}

const { store, location, settings } = JSON.parse(process.argv[2] ?? '') as ChildInput;
const engine = await openStore(store);
const org = await engine.write(({ database }) => ensureOrg(database, 'default', 'default', 0));
const opened = await openArchive(
  engine,
  org,
  { ...settings, location, extract: 'platform-snapshot' },
  null,
  systemClock,
);
const report = await opened.archive.backfill();
process.stdout.write(JSON.stringify(report));
await opened[Symbol.asyncDispose]();
await engine[Symbol.asyncDispose]();
