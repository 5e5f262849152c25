import { z } from 'zod';
import { parseLocation } from '../../blobs/location.ts';
import { DAY, HOUR, MINUTE } from '../../domain/time.ts';
import { duration } from '../duration-setting.ts';
import type { Extractor } from './extractor.ts';
import { KeyTemplate } from './key-template.ts';
import type { ArchiveSettings } from './settings.ts';
import { intervalProblem } from './spans.ts';

/** Durations are texts such as `30s`, `5m`, `2h`, `7d`. */
export interface ArchiveConfig {
  /** Names the archive and begins the names of its series: letters, digits, `-` and `_`. */
  name: string;
  /** `./folder` or `s3://bucket/prefix`; by default the folder of this name among the blobs. */
  location?: string;
  /** Where the time stands in the keys, e.g. `{yyyy}/{MM}/{dd}/{HH}{mm}.json`. */
  key: string;
  /** Expected distance of objects; `1m` by default. */
  interval?: string;
  /** How long after its end an hour is final; `2h` by default. */
  grace?: string;
  /** `platform-snapshot`, or a function from a parsed snapshot and its time to points. */
  extract: 'platform-snapshot' | Extractor;
  /** For S3 servers other than Amazon's. */
  endpoint?: string;
  region?: string;
  pathStyle?: boolean;
  /** How often new objects are looked for; `5m` by default. */
  tailEvery?: string;
  /** How far back closed hours are looked over once a day for late objects; `7d` by default. */
  recheck?: string;
  /** Objects read at once; 16 by default. */
  concurrency?: number;
}

export const archiveSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/, 'must be 1 to 64 letters, digits, - or _, and begin with a letter'),
  location: z.string().optional(),
  key: z.string(),
  interval: duration.default(MINUTE),
  grace: duration.default(2 * HOUR),
  extract: z.union([z.literal('platform-snapshot'), z.custom<Extractor>((value) => typeof value === 'function')], {
    error: "must be 'platform-snapshot' or a function (snapshot, at) => points",
  }),
  endpoint: z.string().optional(),
  region: z.string().optional(),
  pathStyle: z.boolean().optional(),
  tailEvery: duration.default(5 * MINUTE),
  recheck: duration.default(7 * DAY),
  concurrency: z.int().min(1).max(256).default(16),
});

/** Settles locations and checks what belongs together; `problems` name the archive, the field and the mend. `file` begins each of them. */
export function settleArchives(
  archives: readonly z.infer<typeof archiveSchema>[],
  blobs: string,
  folder: string,
  file: string | null,
): { settled: readonly ArchiveSettings[]; problems: readonly string[] } {
  const problems: string[] = [];
  const settled = archives.flatMap((archive, index): ArchiveSettings[] => {
    const { name, location, key, endpoint, region, pathStyle, ...rest } = archive;
    const at = `${file}: archives.${index} (${name})`;
    if (archives.findIndex((other) => other.name === name) !== index)
      problems.push(`${at}: name: another archive has this name`);
    try {
      const problem = intervalProblem(archive.interval, new KeyTemplate(key));
      if (problem !== undefined) problems.push(`${at}: interval: ${problem}`);
    } catch (error) {
      problems.push(`${at}: key: ${(error as Error).message}`);
      return [];
    }
    try {
      const options = {
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(region === undefined ? {} : { region }),
        ...(pathStyle === undefined ? {} : { pathStyle }),
      };
      return [
        {
          name,
          key,
          location: parseLocation(location ?? `${blobs.replace(/\/+$/, '')}/${name}`, folder, options),
          ...rest,
        },
      ];
    } catch (error) {
      problems.push(`${at}: location: ${(error as Error).message}`);
      return [];
    }
  });
  return { settled, problems };
}
