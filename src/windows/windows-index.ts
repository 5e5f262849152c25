import type { Blobs } from '../blobs/blobs.ts';
import type { Granularity, WindowName } from '../domain/windows.ts';
import { indexKey } from './keys.ts';
import { LONGEST_ARTIFACT, packed, unpacked } from './packing.ts';

/** A published series by name, as `windows/index.{org}.json` lists it. */
export interface IndexedSeries {
  readonly id: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly source: string;
  /** Whether it is a pushed series and the first field of its sender: what a reader gets who names none. */
  readonly isPrimary: boolean;
  readonly windows: readonly WindowName[];
  readonly granularities: readonly Granularity[];
}

/** Lists the published series of an org by its id, so that readers without the store find them by name. */
export async function writeIndex(blobs: Blobs, orgId: string, series: readonly IndexedSeries[]): Promise<void> {
  await blobs.write(indexKey(orgId), await packed(JSON.stringify({ series })), {
    headers: {
      contentType: 'application/json; charset=utf-8',
      contentEncoding: 'gzip',
      cacheControl: 'public, max-age=60',
    },
  });
}

/** The published series of an org by its id; none when the file is not there, cannot be reached or is spoilt. */
export async function readIndex(blobs: Blobs, orgId: string): Promise<readonly IndexedSeries[]> {
  try {
    const text = await unpacked(await blobs.read(indexKey(orgId), { maximumBytes: LONGEST_ARTIFACT }));
    const { series } = JSON.parse(text) as { series: readonly IndexedSeries[] };
    return series.filter(({ id, metric, labels }) => typeof id === 'string' && typeof metric === 'string' && labels);
  } catch {
    return [];
  }
}
