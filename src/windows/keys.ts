import type { Instant } from '../domain/time.ts';
import { artifactMetaName, artifactName, type Granularity, type WindowName } from '../domain/windows.ts';

/** Where published files lie below their location. Readers of a CDN rely on these names. */
const folderOf = (series: string): string => `windows/${series}`;

/** Which file of which series. */
export interface ArtifactPlace {
  readonly series: string;
  readonly window: WindowName;
  readonly granularity: Granularity;
}

export const bodyKey = ({ series, window, granularity }: ArtifactPlace): string =>
  `${folderOf(series)}/${artifactName(window, granularity)}`;

export const metaKey = ({ series, window, granularity }: ArtifactPlace): string =>
  `${folderOf(series)}/${artifactMetaName(window, granularity)}`;

export const versionsPrefix = (series: string): string => `${folderOf(series)}/versions/`;

export const versionKey = ({ series, window, granularity }: ArtifactPlace, versionId: string): string =>
  `${versionsPrefix(series)}${versionId}/${artifactName(window, granularity)}`;

/** The last resort that a device uploads while it cannot push. */
export const fallbackBodyKey = ({ series, window, granularity }: ArtifactPlace): string =>
  `fallback/${series}/${artifactName(window, granularity)}`;

export const fallbackMetaKey = ({ series, window, granularity }: ArtifactPlace): string =>
  `fallback/${series}/${artifactMetaName(window, granularity)}`;

/** Which series of an org are published, for readers without the store. */
export const indexKey = (orgId: string): string => `windows/index.${orgId}.json`;

const STAGED = /\.tmp-(\d{1,15})-[0-9a-z-]+$/;

/** A name beside the final one, for a file that nobody may see yet. */
export const stagedKey = (key: string, at: Instant, versionId: string): string => `${key}.tmp-${at}-${versionId}`;

/** When a file was staged; undefined for one that is none. */
export function stagedAt(key: string): Instant | undefined {
  const [, at] = STAGED.exec(key) ?? [];
  return at === undefined ? undefined : Number(at);
}

/** The version and file that a key of a version names. */
export function readVersionKey(key: string): { series: string; versionId: string; file: string } | undefined {
  const [, series, versionId, file] = /^windows\/([^/]+)\/versions\/([^/]+)\/([^/]+)$/.exec(key) ?? [];
  return series === undefined || versionId === undefined || file === undefined
    ? undefined
    : { series, versionId, file };
}
