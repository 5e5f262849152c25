import { formatLocation } from '../../blobs/location.ts';
import { openBlobs } from '../../blobs/open.ts';
import { RetryingBlobs } from '../../blobs/retry.ts';
import type { Clock } from '../../domain/time.ts';
import { ensureSource, type Org } from '../../store/catalog.ts';
import type { Engine } from '../../store/engine.ts';
import { Archive } from './archive.ts';
import type { ExtractorOrigin } from './load-extractor.ts';
import type { ArchiveSettings } from './settings.ts';
import { ThreadObjectReader } from './thread-reader.ts';

/** An archive ready to be read, with its connections and its thread. */
export interface OpenArchive extends AsyncDisposable {
  readonly archive: Archive;
}

/**
 * Opens an archive of the configuration. `configFile` is where a thread finds the archive's own extractor function.
 * Reaches for the location only when the archive is read.
 */
export async function openArchive(
  engine: Engine,
  org: Org,
  settings: ArchiveSettings,
  configFile: string | null,
  clock: Clock,
): Promise<OpenArchive> {
  const { name, location, interval, concurrency } = settings;
  const source = await engine.write(({ database }) =>
    ensureSource(database, org.number, { name, kind: 'archive', interval, location: formatLocation(location) }),
  );
  const blobs = new RetryingBlobs(await openBlobs(location), clock);
  const reader = new ThreadObjectReader({ location, extractor: originOf(settings, configFile), concurrency });
  return {
    archive: new Archive({ engine, org, source, settings, blobs, reader, clock }),
    [Symbol.asyncDispose]: async () => {
      blobs.close();
      await reader.close();
    },
  };
}

function originOf({ name, extract }: ArchiveSettings, configFile: string | null): ExtractorOrigin {
  if (typeof extract === 'string') return { kind: 'ready-made', name: extract, archive: name };
  if (configFile === null) throw new Error(`the extractor of archive ${name} stands in no configuration file`);
  return { kind: 'file', file: configFile, archive: name };
}
