import { z } from 'zod';
import { DAY, MINUTE } from '../../domain/time.ts';
import { duration } from '../duration-setting.ts';

/** How pushed samples are taken. Durations are texts such as `30s`, `5m`, `2h`, `7d`. */
export interface PushConfig {
  /** How long after its end an hour is final, once newer samples are there; `10m` by default. */
  grace?: string;
  /** How long raw samples are kept; their rollups stay for ever. For ever by default. */
  keepRaw?: string;
  /** Series that pushed samples may make in an org; 10,000 by default. */
  mostSeries?: number;
}

/** The same, settled; durations in milliseconds. */
export interface PushSettings {
  readonly grace: number;
  /** Null: for ever. */
  readonly keepRaw: number | null;
  readonly mostSeries: number;
}

export const pushSchema = z
  .strictObject({
    grace: duration.default(10 * MINUTE),
    keepRaw: duration
      .refine((length) => length >= 2 * DAY, 'must be at least 2d')
      .nullable()
      .default(null),
    mostSeries: z.int().min(1).max(1_000_000).default(10_000),
  })
  .prefault({});
