import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobEntry, Blobs, ListRequest, ReadRequest } from '../../src/blobs/blobs.ts';
import { FolderBlobs } from '../../src/blobs/folder-blobs.ts';
import { MINUTE, toIso } from '../../src/domain/time.ts';
import { Archive } from '../../src/sources/archive/archive.ts';
import type { Extractor } from '../../src/sources/archive/extractor.ts';
import { KeyTemplate } from '../../src/sources/archive/key-template.ts';
import { LocalObjectReader } from '../../src/sources/archive/object-reader.ts';
import { platformSnapshot } from '../../src/sources/archive/platform-snapshot.ts';
import type { ArchiveSettings } from '../../src/sources/archive/settings.ts';
import { ensureOrg, ensureSource, findSource, type Org, type Source, seriesId } from '../../src/store/catalog.ts';
import type { Engine } from '../../src/store/engine.ts';
import { readClosed, readLedger } from '../../src/store/knowledge.ts';
import { ManualClock } from '../support/clock.ts';

export const KEY = '{yyyy}/{MM}/{dd}/{HH}{mm}.json';
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const template = new KeyTemplate(KEY);

/** A folder that counts what is asked of it and refuses what a test wants refused. */
class WatchedBlobs implements Blobs {
  readonly location = 'a watched folder';
  readonly reads: string[] = [];
  readonly lists: ListRequest[] = [];
  /** Throws what shall go wrong with a key; the empty key stands for listing. */
  refuse: (key: string) => void = () => {};
  readonly #blobs: Blobs;

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  async *list(request: ListRequest = {}): AsyncGenerator<readonly BlobEntry[]> {
    this.lists.push(request);
    this.refuse('');
    yield* this.#blobs.list(request);
  }

  async read(key: string, request: ReadRequest): Promise<Uint8Array> {
    this.reads.push(key);
    this.refuse(key);
    return this.#blobs.read(key, request);
  }

  write = (key: string, body: Uint8Array): Promise<void> => this.#blobs.write(key, body);
  move = (from: string, to: string): Promise<void> => this.#blobs.move(from, to);
  remove = (key: string): Promise<void> => this.#blobs.remove(key);
  check = async (): Promise<void> => {};
  close = (): void => {};
}

export interface Rig {
  readonly archive: Archive;
  readonly blobs: WatchedBlobs;
  readonly org: Org;
  readonly source: Source;
  readonly clock: ManualClock;
  /** Another archive object on the same source, as another process would have. */
  again(engine: Engine): Archive;
  /** Writes the snapshot of a minute: stream A has `viewers`, stream B ten times as many. */
  put(at: number, viewers: number): Promise<void>;
  putBody(at: number, body: string | Uint8Array): Promise<void>;
  /** Samples of a series by their ISO minute. */
  samples(metric: string, labels?: Record<string, string>): Promise<Record<string, number>>;
  /** Known intervals as `2026-11-20T10:00 +60m have`. */
  ledger(): Promise<string[]>;
  closed(): Promise<string[]>;
  state(): Promise<Source>;
  remove(): Promise<void>;
}

export type RigSettings = Partial<Pick<ArchiveSettings, 'key' | 'interval' | 'grace' | 'recheck'>>;

export const keyOf = (at: number | string): string => template.render(typeof at === 'string' ? Date.parse(at) : at);
const minute = (at: number): string => toIso(at).slice(0, 16);

let rigs = 0;

/** An archive in a folder of its own and an org of its own, at a clock that stands at `now`. */
export async function makeRig(
  engine: Engine,
  now: string,
  settings: RigSettings = {},
  extractor?: Extractor,
): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-archive-'));
  const clock = new ManualClock(now);
  const blobs = new WatchedBlobs(new FolderBlobs({ kind: 'folder', path: folder }));
  const all = { key: KEY, interval: MINUTE, grace: 2 * HOUR, recheck: 7 * DAY, ...settings };
  const id = `org-${rigs++}`;
  const { org, source } = await engine.write(async ({ database }) => {
    const made = await ensureOrg(database, id, id, 0);
    const description = { name: 'platform', kind: 'archive', interval: all.interval, location: folder };
    return { org: made, source: await ensureSource(database, made.number, description) };
  });
  const reader = new LocalObjectReader(blobs, extractor ?? platformSnapshot('platform'), clock);
  const again = (other: Engine) => new Archive({ engine: other, org, source, settings: all, blobs, reader, clock });
  const putBody = (at: number, body: string | Uint8Array) =>
    blobs.write(new KeyTemplate(all.key).render(at), typeof body === 'string' ? Buffer.from(body) : body);
  const streams = (viewers: number) => [
    { id: 'A', viewers },
    { id: 'B', viewers: viewers * 10 },
  ];
  return {
    archive: again(engine),
    blobs,
    org,
    source,
    clock,
    again,
    put: (at, viewers) => putBody(at, JSON.stringify({ streams: streams(viewers) })),
    putBody,
    samples: async (metric, labels = {}) => {
      const series = await engine.reader
        .selectFrom('series')
        .select('number')
        .where('id', '=', seriesId(id, metric, labels))
        .executeTakeFirst();
      if (!series) return {};
      const { times, values } = await engine.readPoints(series.number, 0, Number.MAX_SAFE_INTEGER);
      return Object.fromEntries(Array.from(times, (at, row) => [minute(at), values[row] as number]));
    },
    ledger: async () =>
      (await readLedger(engine.reader, source.number)).map(
        ({ from, to, state, detail }) =>
          `${minute(from)} +${(to - from) / MINUTE}m ${state}${detail ? ` ${detail}` : ''}`,
      ),
    closed: async () =>
      (await readClosed(engine.reader, source.number)).map(({ from, to }) => `${minute(from)} ${minute(to)}`),
    state: async () => (await findSource(engine.reader, org.number, source.number)) as Source,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}
