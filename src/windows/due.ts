import { type Instant, MINUTE, SECOND } from '../domain/time.ts';
import { FINEST, WINDOWS, type WindowName } from '../domain/windows.ts';

/** A window of a series as planning sees it. */
export interface WindowStanding {
  /** When its version was built; null before the first. */
  readonly generatedAt: Instant | null;
  readonly expiresAt: Instant | null;
  /** Whether time alone changes it: samples leave it, or some that are stamped ahead come into it. */
  readonly moves: boolean;
  /** Since when samples are there that it does not hold; null when it holds all. */
  readonly behindSince: Instant | null;
  readonly failures: number;
  readonly failedAt: Instant | null;
}

const FIRST_RETRY = 5 * SECOND;
const LONGEST_RETRY = 5 * MINUTE;

/** How long a window without new samples stays as it is: until the samples that left it show in its finest segment. */
const slideEvery = (window: WindowName): number =>
  Math.max(WINDOWS[window].buildEvery, WINDOWS[window].length / FINEST);

/**
 * When a version is to be replaced at the latest: soon where samples are expected, later where a series has ended and only the
 * window moves on.
 */
export function expiryOf(window: WindowName, generatedAt: Instant, lastAt: Instant | null): Instant {
  const { timeToLive } = WINDOWS[window];
  const isLive = lastAt !== null && generatedAt - lastAt < Math.max(timeToLive, MINUTE);
  return Math.ceil(generatedAt + (isLive ? timeToLive : Math.max(timeToLive, slideEvery(window))));
}

/**
 * When a window is to be built, or null when nothing changes by itself: a new one at once, one with newer samples as soon as its pace
 * allows, one that holds samples when it has moved on, a failing one after growing pauses.
 */
export function dueAt(window: WindowName, standing: WindowStanding): Instant | null {
  const { generatedAt, expiresAt, moves, behindSince, failures, failedAt } = standing;
  if (failures > 0 && failedAt !== null)
    return failedAt + Math.min(FIRST_RETRY * 2 ** Math.min(failures - 1, 10), LONGEST_RETRY);
  if (generatedAt === null) return behindSince ?? 0;
  if (behindSince !== null) return Math.max(behindSince, generatedAt + WINDOWS[window].buildEvery);
  return moves ? expiresAt : null;
}

interface Entry<Key> {
  readonly key: Key;
  readonly at: Instant;
}

/** What is due when: the earliest first, found without looking at the others. A key that is planned anew forgets its plan before. */
export class DueQueue<Key> {
  readonly #heap: Entry<Key>[] = [];
  readonly #planned = new Map<Key, Entry<Key>>();

  get size(): number {
    return this.#planned.size;
  }

  plan(key: Key, at: Instant | null): void {
    if (at === null) {
      this.#planned.delete(key);
      return;
    }
    if (this.#planned.get(key)?.at === at) return;
    const entry = { key, at };
    this.#planned.set(key, entry);
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  /** When the next is due; undefined when none is planned. */
  get next(): Instant | undefined {
    this.#dropForgotten();
    return this.#heap[0]?.at;
  }

  /** Takes the earliest that is due by `now`. */
  take(now: Instant): Key | undefined {
    this.#dropForgotten();
    const [first] = this.#heap;
    if (!first || first.at > now) return undefined;
    this.#planned.delete(first.key);
    this.#removeFirst();
    return first.key;
  }

  #dropForgotten(): void {
    for (let first = this.#heap[0]; first && this.#planned.get(first.key) !== first; first = this.#heap[0])
      this.#removeFirst();
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(start: number): void {
    for (let index = start; index > 0; ) {
      const parent = (index - 1) >>> 1;
      if (this.#at(parent) <= this.#at(index)) return;
      this.#swap(parent, index);
      index = parent;
    }
  }

  #sink(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = left + 1 < this.#heap.length && this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      if (child >= this.#heap.length || this.#at(index) <= this.#at(child)) return;
      this.#swap(child, index);
      index = child;
    }
  }

  #at(index: number): Instant {
    return (this.#heap[index] as Entry<Key>).at;
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a] as Entry<Key>;
    this.#heap[a] = this.#heap[b] as Entry<Key>;
    this.#heap[b] = first;
  }
}
