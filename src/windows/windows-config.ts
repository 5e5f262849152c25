import { z } from 'zod';
import type { BlobLocation, S3Options } from '../blobs/location.ts';
import { parseLocation } from '../blobs/location.ts';
import { MINUTE } from '../domain/time.ts';
import {
  GRANULARITIES,
  type Granularity,
  type PublishedSet,
  WINDOW_NAMES,
  type WindowName,
} from '../domain/windows.ts';
import { duration } from '../sources/duration-setting.ts';

/** Which windows of which series are published. */
export interface PublishRule {
  /** A metric, with `*` for any text: `temperature`, `host.*`. */
  metric: string;
  /** Only series that have these labels. */
  labels?: Record<string, string>;
  /** All of them when left out; none with `[]`. */
  windows?: WindowName[];
  /** All of them when left out. */
  granularities?: Granularity[];
}

/** How windows are published. */
export interface WindowsConfig extends S3Options {
  /** A folder or `s3://bucket/prefix`; `BLOBS/published` by default. */
  location?: string;
  /** How long a version can be read by its id after a newer one took its place; `10m` by default. */
  keepVersions?: string;
  /** The first rule that fits a series counts. Without one, the first field of a sender's metric publishes all windows, other series none. */
  publish?: PublishRule[];
}

/** The same, settled. */
export interface WindowsSettings {
  readonly location: BlobLocation;
  readonly keepVersions: number;
  readonly rules: readonly (PublishedSet & {
    readonly metric: RegExp;
    readonly labels: Readonly<Record<string, string>>;
  })[];
}

export const windowsSchema = z
  .strictObject({
    location: z.string().optional(),
    keepVersions: duration.default(10 * MINUTE),
    publish: z
      .array(
        z.strictObject({
          metric: z.string().min(1).max(200),
          labels: z.record(z.string(), z.string()).default({}),
          windows: z.array(z.enum(WINDOW_NAMES)).default([...WINDOW_NAMES]),
          granularities: z
            .array(z.literal(GRANULARITIES))
            .min(1)
            .default([...GRANULARITIES]),
        }),
      )
      .default([]),
    endpoint: z.string().optional(),
    region: z.string().optional(),
    pathStyle: z.boolean().optional(),
  })
  .prefault({});

/** Throws a RangeError for a location that is none. */
export function settleWindows(
  { location, keepVersions, publish, endpoint, region, pathStyle }: z.infer<typeof windowsSchema>,
  blobs: string,
  folder: string,
): WindowsSettings {
  const options = {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(pathStyle === undefined ? {} : { pathStyle }),
  };
  return {
    location: parseLocation(location ?? `${blobs.replace(/\/+$/, '')}/published`, folder, options),
    keepVersions,
    rules: publish.map(({ metric, ...rest }) => ({ ...rest, metric: patternOf(metric) })),
  };
}

const patternOf = (metric: string): RegExp =>
  new RegExp(`^${metric.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
