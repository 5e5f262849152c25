import { canonicalLabels, type Labels, type SeriesDescription } from '../../domain/series.ts';
import type { Instant } from '../../domain/time.ts';
import { type ExtractedPoint, seriesProblem } from './extractor.ts';

/** Samples by series, packed so that they pass between threads without being copied. */
export interface SampleColumns {
  readonly series: readonly SeriesDescription[];
  /** The samples of series `n` are the rows from `offsets[n]` up to `offsets[n + 1]`, in the order in which they were added. */
  readonly offsets: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Gathers the points of snapshots into columns. */
export class SampleGatherer {
  readonly #series: SeriesDescription[] = [];
  readonly #counts: number[] = [];
  readonly #bySpelling = new Map<string, Map<string, Map<string, number>>>();
  readonly #byCanonicalName = new Map<string, number>();
  readonly #rows: { readonly owners: Uint32Array; readonly points: readonly ExtractedPoint[]; readonly at: Instant }[] =
    [];

  /** Adds the points of one snapshot: all of them, or none and an Error when a series cannot have that name. */
  add(points: readonly ExtractedPoint[], at: Instant): void {
    const owners = Uint32Array.from(points, (point) => this.#ownerOf(point));
    for (const [row, owner] of owners.entries()) {
      this.#counts[owner] = (this.#counts[owner] as number) + 1;
      const { title } = points[row] as ExtractedPoint;
      const description = this.#series[owner] as SeriesDescription;
      if (title !== undefined && title !== description.title) this.#series[owner] = { ...description, title };
    }
    this.#rows.push({ owners, points, at });
  }

  /** The samples so far by series. Series without samples, left behind by a snapshot that was refused, are left out. */
  finish(): SampleColumns {
    const kept = this.#series.flatMap((_, index) => ((this.#counts[index] as number) > 0 ? [index] : []));
    const offsets = new Uint32Array(kept.length + 1);
    const next = new Uint32Array(this.#series.length);
    for (const [place, index] of kept.entries()) {
      next[index] = offsets[place] as number;
      offsets[place + 1] = (offsets[place] as number) + (this.#counts[index] as number);
    }
    const total = offsets[kept.length] as number;
    const times = new Float64Array(total);
    const values = new Float64Array(total);
    for (const { owners, points, at } of this.#rows) {
      for (let row = 0; row < owners.length; row++) {
        const owner = owners[row] as number;
        const place = next[owner] as number;
        const { timestamp, value } = points[row] as ExtractedPoint;
        times[place] = timestamp ?? at;
        values[place] = value;
        next[owner] = place + 1;
      }
    }
    return { series: kept.map((index) => this.#series[index] as SeriesDescription), offsets, times, values };
  }

  /** Sorting labels and checking names costs more than all else, so it is done once for each spelling of a series. */
  #ownerOf(point: ExtractedPoint): number {
    const { metric, labels = {}, kind = 'gauge', unit = '', title } = point;
    const [branch, leaf] = spelling(labels);
    const owners = branchOf(branchOf(this.#bySpelling, metric), branch);
    const known = owners.get(leaf);
    if (known !== undefined) return known;
    const problem = seriesProblem(point);
    if (problem !== undefined) throw new Error(problem);
    const canonical = `${metric} ${canonicalLabels(labels)}`;
    let owner = this.#byCanonicalName.get(canonical);
    if (owner === undefined) {
      owner = this.#series.length;
      this.#series.push({ metric, labels, kind, unit, title: title ?? metric });
      this.#counts.push(0);
      this.#byCanonicalName.set(canonical, owner);
    }
    owners.set(leaf, owner);
    return owner;
  }
}

function branchOf<Branch extends Map<string, unknown>>(tree: Map<string, Branch>, name: string): Branch {
  let branch = tree.get(name);
  if (branch === undefined) {
    branch = new Map() as Branch;
    tree.set(name, branch);
  }
  return branch;
}

/** Labels as they are spelled, in two parts: for a single label, by far the most, no text is put together. */
function spelling(labels: Labels): readonly [string, string] {
  const names = Object.keys(labels);
  const [name = ''] = names;
  return names.length < 2 ? [name, labels[name] ?? ''] : ['', JSON.stringify(labels)];
}
