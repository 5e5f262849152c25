import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { canonicalLabels, type Labels } from '../../domain/series.ts';
import { DAY, floorTo, HOUR, type Instant, type Interval, MINUTE } from '../../domain/time.ts';
import { WINDOWS } from '../../domain/windows.ts';
import { seriesId } from '../../store/catalog.ts';

/** A number that was measured, and the series that it belongs to. */
export interface LocalSample {
  /** Without the field's name; empty when there is none. */
  readonly channelMetric: string;
  readonly labels: Labels;
  readonly field: string;
  /** Of the series. */
  readonly metric: string;
  readonly at: Instant;
  readonly value: number;
}

export interface LocalSeries {
  readonly number: number;
  readonly id: string;
  readonly metric: string;
  readonly labels: Labels;
  /** Series of one channel are measured together. */
  readonly channel: string;
  readonly field: string;
  /** 0 for the first field ever seen of its channel. */
  readonly place: number;
  readonly lastAt: Instant;
  /** Single samples are kept from here on; before it minutes. A whole minute. */
  readonly rawFrom: Instant;
  /** Minutes are kept from here on; before it quarters of an hour. A whole quarter. */
  readonly minutesFrom: Instant;
}

interface SeriesRow extends Pick<LocalSeries, 'number' | 'id' | 'metric' | 'channel' | 'field' | 'place'> {
  readonly labels: string;
  readonly last_at: number;
  readonly raw_from: number;
  readonly minutes_from: number;
}

/** A sample, or what is kept of a minute or a quarter of an hour. */
export interface LocalRow {
  readonly at: Instant;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export const QUARTER = 15 * MINUTE;
/** Windows of up to a day have edges between minutes, so that they need single samples; beyond that of three months, quarters will do. */
const RAW_FOR = WINDOWS['1d'].length + HOUR;
const MINUTES_FOR = WINDOWS['3m'].length + DAY;
const QUARTERS_FOR = WINDOWS['12m'].length + DAY;
/** Of a faster series single samples are kept for less than a day. 200,000 take about 5 MB. */
const MOST_RAW = 200_000;
const MOST_SERIES = 500;
/** Samples between two looks for what is too old. */
const PRUNE_EVERY = 5_000;

const SCHEMA = `
  create table if not exists series(number integer primary key, id text not null unique, metric text not null, labels text not null,
    channel text not null, field text not null, place integer not null, last_at integer not null, raw_from integer not null,
    minutes_from integer not null);
  create table if not exists sample(series integer not null, at integer not null, value real not null, primary key(series, at)) without rowid;
  create table if not exists rollup(series integer not null, level integer not null, at integer not null, count integer not null,
    sum real not null, min real not null, max real not null, primary key(series, level, at)) without rowid;
  create table if not exists progress(key text primary key, value integer not null) without rowid;
`;

/**
 * What an agent remembers of its own readings, to build windows without a server: single samples for a day, minutes for three months, quarters
 * of an hour for a year; 9 MB a series that is sampled every ten seconds. Kept in `history.db` of the spool folder.
 */
export class LocalHistory implements Disposable {
  readonly #database: DatabaseSync;
  readonly #orgId: string;
  readonly #series = new Map<string, LocalSeries>();
  readonly #statements = new Map<string, StatementSync>();
  #sincePrune = 0;
  /** Samples of series beyond those that are kept. */
  #omitted = 0;

  constructor(folder: string, orgId: string) {
    this.#orgId = orgId;
    this.#database = new DatabaseSync(join(folder, 'history.db'), { timeout: 5_000 });
    // Flushed at each commit: the spool may delete what was taken.
    this.#database.exec('pragma journal_mode = wal; pragma synchronous = full;');
    this.#database.exec(SCHEMA);
    for (const series of this.#load()) this.#series.set(series.id, series);
  }

  /** The number of the newest record of the spool that is in here. */
  get through(): number {
    const row = this.#run("select value from progress where key = 'through'").get() as { value: number } | undefined;
    return row?.value ?? 0;
  }

  get series(): readonly LocalSeries[] {
    return [...this.#series.values()].sort((a, b) => a.number - b.number);
  }

  get omitted(): number {
    return this.#omitted;
  }

  /** Takes samples in one transaction, together with the position that says so. The same sample twice is one; the later value counts. */
  take(samples: readonly LocalSample[], through: number): void {
    this.#database.exec('begin immediate');
    try {
      const changed = new Map<LocalSeries, Set<Instant>>();
      for (const sample of samples) {
        const series = this.#ensure(sample);
        // What was rolled up and dropped cannot be told apart from what arrives again.
        if (!series || sample.at < series.rawFrom) continue;
        this.#run('insert or replace into sample(series, at, value) values (?, ?, ?)').run(
          series.number,
          sample.at,
          sample.value,
        );
        const minutes = changed.get(series) ?? new Set();
        changed.set(series, minutes.add(floorTo(sample.at, MINUTE)));
        if (sample.at > series.lastAt) this.#series.set(series.id, Object.assign(series, { lastAt: sample.at }));
        this.#sincePrune++;
      }
      for (const [series, minutes] of changed) this.#rollUp(series, minutes);
      if (this.#sincePrune >= PRUNE_EVERY) this.prune();
      this.#run("insert or replace into progress(key, value) values ('through', ?)").run(through);
      this.#database.exec('commit');
    } catch (error) {
      this.#database.exec('rollback');
      this.#series.clear();
      for (const series of this.#load()) this.#series.set(series.id, series);
      throw error;
    }
  }

  #ensure({ channelMetric, labels, field, metric, at }: LocalSample): LocalSeries | undefined {
    const id = seriesId(this.#orgId, metric, labels);
    const known = this.#series.get(id);
    if (known) return known;
    if (this.#series.size >= MOST_SERIES) {
      this.#omitted++;
      return undefined;
    }
    const channel = `${channelMetric} ${canonicalLabels(labels)}`;
    const place = this.series.filter((other) => other.channel === channel).length;
    const { number } = this.#run(
      `insert into series(id, metric, labels, channel, field, place, last_at, raw_from, minutes_from)
       values (?, ?, ?, ?, ?, ?, ?, 0, 0) returning number`,
    ).get(id, metric, canonicalLabels(labels), channel, field, place, at) as { number: number };
    const series = { number, id, metric, labels, channel, field, place, lastAt: at, rawFrom: 0, minutesFrom: 0 };
    this.#series.set(id, series);
    return series;
  }

  #rollUp({ number, lastAt }: LocalSeries, minutes: ReadonlySet<Instant>): void {
    this.#run('update series set last_at = ? where number = ?').run(lastAt, number);
    const quarters = new Set<Instant>();
    for (const minute of minutes) {
      quarters.add(floorTo(minute, QUARTER));
      this.#run(
        `insert or replace into rollup(series, level, at, count, sum, min, max)
         select series, ${MINUTE}, ?2, count(*), sum(value), min(value), max(value) from sample
         where series = ?1 and at >= ?2 and at < ?2 + ${MINUTE} group by series`,
      ).run(number, minute);
    }
    for (const quarter of quarters) {
      this.#run(
        `insert or replace into rollup(series, level, at, count, sum, min, max)
         select series, ${QUARTER}, ?2, sum(count), sum(sum), min(min), max(max) from rollup
         where series = ?1 and level = ${MINUTE} and at >= ?2 and at < ?2 + ${QUARTER} group by series`,
      ).run(number, quarter);
    }
  }

  /** Forgets what is too old, or too much, of each level; the next coarser one has it. */
  prune(): void {
    this.#sincePrune = 0;
    for (const series of this.#series.values()) {
      const { number, lastAt } = series;
      const surplus = this.#run('select at from sample where series = ? order by at desc limit 1 offset ?').get(
        number,
        MOST_RAW,
      ) as { at: number } | undefined;
      const tooMany = surplus === undefined ? 0 : floorTo(surplus.at, MINUTE) + MINUTE;
      // A minute, or quarter, is dropped as a whole: it is rebuilt from all of its parts or not at all.
      const rawFrom = Math.max(series.rawFrom, floorTo(lastAt - RAW_FOR, MINUTE), tooMany);
      const minutesFrom = Math.max(series.minutesFrom, floorTo(lastAt - MINUTES_FOR, QUARTER));
      this.#run('delete from sample where series = ? and at < ?').run(number, rawFrom);
      const drop = this.#run('delete from rollup where series = ? and level = ? and at < ?');
      drop.run(number, MINUTE, minutesFrom);
      drop.run(number, QUARTER, lastAt - QUARTERS_FOR);
      this.#run('update series set raw_from = ?, minutes_from = ? where number = ?').run(rawFrom, minutesFrom, number);
      Object.assign(series, { rawFrom, minutesFrom });
    }
  }

  /** What is kept of a range, in order of time, as fine as it is kept: quarters, then minutes, then single samples. */
  *rows({ number, rawFrom, minutesFrom }: LocalSeries, { from, to }: Interval): Generator<LocalRow> {
    const rollups = 'select at, count, sum, min, max from rollup where series = ? and level = ? and at >= ? and at < ?';
    const levels: [number, Instant, Instant][] = [
      [QUARTER, from, Math.min(minutesFrom, to)],
      [MINUTE, Math.max(from, minutesFrom), Math.min(rawFrom, to)],
    ];
    for (const [level, start, end] of levels) {
      if (start >= end) continue;
      yield* this.#database.prepare(`${rollups} order by at`).iterate(number, level, start, end) as Iterable<LocalRow>;
    }
    const samples = this.#database.prepare(
      'select at, value from sample where series = ? and at >= ? and at < ? order by at',
    );
    for (const row of samples.iterate(number, Math.max(from, rawFrom), to)) {
      const { at, value } = row as { at: number; value: number };
      yield { at, count: 1, sum: value, min: value, max: value };
    }
  }

  #load(): LocalSeries[] {
    const rows = this.#database.prepare('select * from series order by number').all() as unknown as SeriesRow[];
    return rows.map(({ labels, last_at, raw_from, minutes_from, ...row }) => ({
      ...row,
      labels: JSON.parse(labels) as Labels,
      lastAt: last_at,
      rawFrom: raw_from,
      minutesFrom: minutes_from,
    }));
  }

  /** Statements are prepared once. */
  #run(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#database.close();
  }
}
