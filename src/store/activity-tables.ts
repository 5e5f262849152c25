import type { Generated } from 'kysely';

/**
 * The tables of the activity log. Every key of what grows begins with the number of a stream, the column by which a cluster would
 * spread it; a stream belongs to one org.
 */
export interface ActivityTables {
  event_stream: EventStreamTable;
  event: EventTable;
  event_count: EventCountTable;
  pair_step: PairStepTable;
  pair_subject: PairSubjectTable;
  latency: LatencyTable;
  projection: ProjectionTable;
  identity: IdentityTable;
  log_import: LogImportTable;
}

/** One log of an org: a Discord guild, a repository, an application. */
interface EventStreamTable {
  number: Generated<number>;
  org: number;
  name: string;
  /** Sequence number of the newest event; they begin with 1 and leave none out. */
  last_seq: number;
  /** Event time of the earliest and the latest event; null before the first. */
  first_at: number | null;
  last_at: number | null;
  created_at: number;
}

export interface EventTable {
  stream: number;
  seq: number;
  id: string;
  type: string;
  actor: string | null;
  subject: string | null;
  at: number;
  /** JSON object. */
  attributes: string;
  landed_at: number;
}

interface EventCountTable {
  stream: number;
  level: number;
  /** 0: all events. 1: those of one actor. */
  each: number;
  at: number;
  /** Empty where `each` is 0. */
  actor: string;
  type: string;
  count: number;
}

/** An event that opens or closes an item of a pair, and what was open after it. */
interface PairStepTable {
  stream: number;
  pair: string;
  subject: string;
  at: number;
  /** 0 opens, 1 closes. At one instant opening goes first. */
  place: number;
  event: string;
  actor: string | null;
  /** Since when the item was open after this step; null: it was not. */
  open_at: number | null;
  open_actor: string | null;
  /** Milliseconds from the opening, where this step closed an item. */
  latency: number | null;
}

/** The last step of a subject. */
interface PairSubjectTable {
  stream: number;
  pair: string;
  subject: string;
  at: number;
  place: number;
  event: string;
  open_at: number | null;
  open_actor: string | null;
}

interface LatencyTable {
  stream: number;
  pair: string;
  level: number;
  /** 0: all answers. 1: those of one actor. */
  each: number;
  at: number;
  actor: string;
  count: number;
  /** Milliseconds. */
  sum: number;
  /** An encoded quantile sketch of milliseconds. */
  sketch: string;
}

/** How far what is derived from a stream has come. */
interface ProjectionTable {
  stream: number;
  name: string;
  /** What it was built by; another one means that it must be built anew. */
  definition: string;
  /** Every event up to here is in it. */
  seq: number;
  /** Items of a pair that are open. */
  open: number;
}

interface IdentityTable {
  org: number;
  /** Name of a stream, which need not hold an event yet. */
  stream: string;
  id: string;
  provider: string;
  state: string;
  username: string | null;
  global_name: string | null;
  display_name: string | null;
  avatar_url: string | null;
  fetched_at: number;
}

interface LogImportTable {
  org: number;
  source: string;
  /** The last key that was read, as text: it may be larger than a number holds. */
  position: string;
  events: number;
  imported_at: number;
}
