import type { Generated } from 'kysely';
import type { AccountTables } from './account-tables.ts';
import type { ActivityTables } from './activity-tables.ts';

/**
 * The tables as both engines hold them. Times are epoch milliseconds in 64-bit integers, JSON is text and parsed by the reader.
 * Every unique key of a data table begins with the series, the column by which a cluster would spread it.
 */
export interface Tables extends AccountTables, ActivityTables {
  org: OrgTable;
  source: SourceTable;
  series: SeriesTable;
  point: PointTable;
  rollup: RollupTable;
  dirty: DirtyTable;
  restatement: RestatementTable;
  ledger: LedgerTable;
  closed: ClosedTable;
  archive_object: ArchiveObjectTable;
  field: FieldTable;
  publication: PublicationTable;
  job: JobTable;
  schedule: ScheduleTable;
  feed: FeedTable;
}

interface OrgTable {
  number: Generated<number>;
  id: string;
  name: string;
  created_at: number;
}

export interface SourceTable {
  number: Generated<number>;
  org: number;
  name: string;
  kind: string;
  interval: number | null;
  /** What is read, for people: `s3://bucket/prefix`, `./snapshots`, a host's name. Never a secret. */
  location: string;
  /** Raw samples before this instant were dropped; their rollups stay. */
  raw_from: number | null;
  last_attempt_at: number | null;
  last_success_at: number | null;
  last_error: string | null;
  failing_since: number | null;
  next_attempt_at: number | null;
  /** Observed distance of samples, for sources without a fixed interval. */
  cadence: number | null;
  /** Observed difference of the sender's clock to ours; positive when it runs ahead. */
  clock_skew: number | null;
}

export interface SeriesTable {
  number: Generated<number>;
  org: number;
  id: string;
  source: number;
  metric: string;
  labels: string;
  kind: string;
  unit: string;
  title: string;
  interval: number | null;
  version: number;
  /** Stamp of the newest sample. */
  last_at: number | null;
  /** How many landings changed it. */
  changes: Generated<number>;
  created_at: number;
}

interface PointTable {
  series: number;
  at: number;
  value: number;
  dimensions: string | null;
}

interface RollupTable {
  series: number;
  level: number;
  at: number;
  count: number;
  sum: number;
  min: number;
  max: number;
  first: number;
  last: number;
}

interface DirtyTable {
  series: number;
  at: number;
  /** Why a closed bucket changed; null while the bucket is open. */
  reason: string | null;
}

interface RestatementTable {
  series: number;
  version: number;
  from_at: number;
  to_at: number;
  reason: string;
  recorded_at: number;
}

interface LedgerTable {
  source: number;
  from_at: number;
  to_at: number;
  state: string;
  attempts: number;
  detail: string | null;
}

interface ClosedTable {
  source: number;
  from_at: number;
  to_at: number;
}

interface ArchiveObjectTable {
  source: number;
  key: string;
  at: number;
  state: string;
  attempts: number;
  detail: string | null;
  bytes: number;
  etag: string | null;
  read_at: number;
}

/** The series of one field of a channel: what one sender measures together under one metric. */
interface FieldTable {
  org: number;
  channel: string;
  name: string;
  series: number;
  /** The field in the first place gives its series the channel's windows; the others are its dimensions. */
  place: number;
}

interface PublicationTable {
  series: number;
  window: string;
  /** `changes` of the series when the published version was built. */
  changes: number;
  /** Null until the first version is published. */
  version_id: string | null;
  generated_at: number | null;
  /** End of the window. */
  to_at: number | null;
  samples: number | null;
  build_duration: number | null;
  failing_since: number | null;
  failures: number;
  reason: string | null;
  lease_owner: string | null;
  lease_until: number | null;
}

export interface JobTable {
  id: string;
  org: number;
  kind: string;
  key: string;
  lane: string;
  input: string;
  state: string;
  progress: string | null;
  result: string | null;
  error: string | null;
  attempts: number;
  cancel_requested: number;
  lease_owner: string | null;
  lease_until: number | null;
  run_at: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
}

interface ScheduleTable {
  name: string;
  slot: number;
}

interface FeedTable {
  seq: Generated<number>;
  org: number;
  at: number;
  kind: string;
  payload: string;
}
