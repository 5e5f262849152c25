import { createHash } from 'node:crypto';
import type { Blobs } from '../blobs/blobs.ts';
import type { Clock, Instant } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { answerText } from './artifact.ts';
import type { ArtifactPlace } from './keys.ts';
import { packed } from './packing.ts';
import { type PublishedArtifact, readFallback, readPublished, readVersion } from './read-published.ts';
import { type Staleness, type StalenessEvidence, stalenessOf } from './staleness.ts';
import { type KnownStanding, type SeriesOfOrg, type SeriesStanding, Standings } from './standings.ts';
import { type IndexedSeries, readIndex } from './windows-index.ts';

export interface ServedWindowsOptions {
  readonly engine: Engine;
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** Whether something in this process builds windows. */
  readonly isPublisherUp: () => boolean;
  /** Hears of files that could not be read. */
  readonly onError: (error: unknown) => void;
  readonly limitBytes?: number;
}

/** Which file of which series, for a reader of an org. */
export interface ServedPlace extends ArtifactPlace, SeriesOfOrg {}

/** An artifact as it is sent: the answer with its meta, ready to be written. */
export class ServedArtifact {
  readonly published: PublishedArtifact;
  readonly staleness: Staleness;
  readonly raw: Buffer;
  readonly packed: Buffer;
  /** A weak tag: the same for both encodings. */
  readonly etag: string;
  /** False once something happened that may make another of it. */
  isCurrent = true;

  constructor(published: PublishedArtifact, staleness: Staleness, raw: Buffer, packedBody: Buffer) {
    this.published = published;
    this.staleness = staleness;
    this.raw = raw;
    this.packed = packedBody;
    this.etag = etagOf(published, staleness);
  }

  get bytes(): number {
    // The text is held beside the body, to be sent again with another meta.
    return 1_000 + 2 * this.raw.byteLength + this.packed.byteLength;
  }
}

interface Entry {
  readonly place: ServedPlace;
  /** What the store said was published when it was loaded: another version there, and it is loaded again. */
  loadedFor: string | null;
  published: PublishedArtifact;
  served: ServedArtifact;
}

const LIMIT = 64 * 1024 * 1024;
const INDEX_FOR = 10_000;
const ROUNDS = 3;

/**
 * Published windows in memory, ready to be written. Loads what is asked for, keeps within its bytes, and makes a body anew only when the
 * version or its state changed. Answers with the last good version, marked, whatever is down.
 */
export class ServedWindows implements Disposable {
  readonly #options: ServedWindowsOptions;
  readonly #standings: Standings;
  readonly #entries = new Map<string, Entry>();
  readonly #making = new Map<string, Promise<ServedArtifact | undefined>>();
  #bytes = 0;
  /** Counts what may have made something of this wrong. */
  #spoilt = 0;
  /** By the id of the org. */
  readonly #indexes = new Map<string, { readonly at: Instant; readonly series: Promise<readonly IndexedSeries[]> }>();

  constructor(options: ServedWindowsOptions) {
    this.#options = options;
    const { engine, clock } = options;
    this.#standings = new Standings(engine, clock, (of) => this.#spoil(of));
  }

  [Symbol.dispose](): void {
    this.#standings[Symbol.dispose]();
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Since when the store does not answer; undefined while it does. */
  get storeUnreachableSince(): Instant | undefined {
    return this.#standings.unreachableSince;
  }

  /** How a series stands after everything that was committed before the call. */
  standing(of: SeriesOfOrg): Promise<SeriesStanding> {
    return this.#standings.of(of);
  }

  /** Whether a body that was handed out is still what `get` would hand out. Costs next to nothing. */
  isCurrent(served: ServedArtifact): boolean {
    if (!served.isCurrent || !this.#standings.isUpToDate) return false;
    this.#standings.probe();
    return this.#options.clock.now() < served.staleness.until;
  }

  /** The last good artifact; undefined when there is none, not even a fallback. */
  async get(place: ServedPlace): Promise<ServedArtifact | undefined> {
    let served = await this.#join(place);
    // One that was being made when something was committed may be from before it.
    for (let round = 1; served && !served.isCurrent && round < ROUNDS; round++) served = await this.#join(place);
    return served;
  }

  #join(place: ServedPlace): Promise<ServedArtifact | undefined> {
    const key = `${place.org} ${place.series} ${place.window} ${place.granularity}`;
    const running = this.#making.get(key);
    if (running !== undefined) return running;
    const making = this.#get(key, place).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  /** A version that is kept; undefined when it is not, or not any more. Throws `BlobError` when the files cannot be reached. */
  async version(place: ServedPlace, versionId: string): Promise<ServedArtifact | undefined> {
    const current = await this.get(place);
    if (current?.published.meta.versionId === versionId) return current;
    const found = await readVersion(this.#options.blobs, place, versionId);
    return found && this.#serve(found, PINNED);
  }

  /** The published series of an org by name, from the files: for when the store cannot tell. */
  index({ id }: Pick<Org, 'id'>): Promise<readonly IndexedSeries[]> {
    const now = this.#options.clock.now();
    for (const [org, { at }] of this.#indexes) if (now - at > INDEX_FOR || now < at) this.#indexes.delete(org);
    const held = this.#indexes.get(id) ?? { at: now, series: readIndex(this.#options.blobs, id) };
    this.#indexes.set(id, held);
    return held.series;
  }

  async #get(key: string, place: ServedPlace): Promise<ServedArtifact | undefined> {
    const spoilt = this.#spoilt;
    const standing = await this.#standings.of(place);
    const known = lastKnown(standing);
    const publication = known?.publications.find(({ window }) => window === place.window);
    const entry = await this.#load(key, place, standing, publication?.versionId ?? null);
    if (!entry) return undefined;
    const staleness = this.#stalenessOf(entry.published, standing, place);
    if (entry.served.published !== entry.published || !sameState(entry.served.staleness, staleness)) {
      const served = await this.#serve(entry.published, staleness);
      this.#keep(key, { ...entry, served });
      served.isCurrent = spoilt === this.#spoilt;
      return served;
    }
    // It was looked at again and is still right.
    entry.served.isCurrent = spoilt === this.#spoilt;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.served;
  }

  async #load(
    key: string,
    place: ServedPlace,
    standing: SeriesStanding,
    versionId: string | null,
  ): Promise<Entry | undefined> {
    const entry = this.#entries.get(key);
    if (entry && (entry.loadedFor === versionId || standing.state !== 'known')) return entry;
    const { blobs, onError } = this.#options;
    const isNothingPublished = standing.state === 'known' && versionId === null;
    let published: PublishedArtifact | undefined;
    try {
      if (!isNothingPublished) published = await readPublished(blobs, place);
      published ??= standing.state === 'known' ? undefined : await readFallback(blobs, place);
    } catch (error) {
      onError(error);
    }
    if (!published) return entry;
    const served = await this.#serve(published, this.#stalenessOf(published, standing, place));
    const made: Entry = { place, loadedFor: versionId, published, served };
    this.#keep(key, made);
    return made;
  }

  #stalenessOf(published: PublishedArtifact, standing: SeriesStanding, { window }: ArtifactPlace): Staleness {
    const { clock, isPublisherUp } = this.#options;
    const { meta, source, artifact } = published;
    const evidence = {
      meta,
      source,
      samples: artifact.samples,
      store: storeSays(standing, window),
      isPublisherUp: isPublisherUp(),
    };
    return stalenessOf(evidence, clock.now());
  }

  async #serve(published: PublishedArtifact, staleness: Staleness): Promise<ServedArtifact> {
    const { source, meta, text } = published;
    const { stale, staleSince, reason } = staleness;
    const body = `{"meta":${JSON.stringify({ source, ...meta, stale, staleSince, reason })},${answerText(text)}`;
    return new ServedArtifact(published, staleness, Buffer.from(body), await packed(body));
  }

  #keep(key: string, entry: Entry): void {
    const before = this.#entries.get(key);
    if (before) {
      before.served.isCurrent = false;
      this.#bytes -= before.served.bytes;
      this.#entries.delete(key);
    }
    this.#entries.set(key, entry);
    this.#bytes += entry.served.bytes;
    for (const [oldest, { served }] of this.#entries) {
      if (this.#bytes <= (this.#options.limitBytes ?? LIMIT) || oldest === key) break;
      this.#entries.delete(oldest);
      served.isCurrent = false;
      this.#bytes -= served.bytes;
    }
  }

  #spoil(of: SeriesOfOrg | undefined): void {
    this.#spoilt++;
    for (const { place, served } of this.#entries.values())
      if (of === undefined || (place.series === of.series && place.org === of.org)) served.isCurrent = false;
  }
}

const PINNED: Staleness = {
  stale: true,
  staleSince: null,
  reason: 'a version that was asked for by its id; a newer one is published',
  until: Number.POSITIVE_INFINITY,
};

const lastKnown = (standing: SeriesStanding): KnownStanding | undefined =>
  standing.state === 'known' ? standing : standing.state === 'unreachable' ? standing.last : undefined;

function storeSays(standing: SeriesStanding, window: ArtifactPlace['window']): StalenessEvidence['store'] {
  if (standing.state !== 'known') return standing;
  const publication = standing.publications.find((candidate) => candidate.window === window);
  return {
    state: 'known',
    behindSince: standing.behindSince.get(window) ?? null,
    failures: publication?.failures ?? 0,
    failingSince: publication?.failingSince ?? null,
    reason: publication?.reason ?? null,
  };
}

const sameState = (a: Staleness, b: Staleness): boolean =>
  a.stale === b.stale && a.staleSince === b.staleSince && a.reason === b.reason && a.until === b.until;

function etagOf({ meta, source }: PublishedArtifact, { stale, staleSince, reason }: Staleness): string {
  const state = createHash('sha256').update(JSON.stringify([source, meta.checksum, stale, staleSince, reason]));
  return `W/"w.${meta.versionId}.${meta.granularity}.${state.digest('base64url').slice(0, 10)}"`;
}
