import { type Clock, DAY, floorTo, MINUTE } from '../domain/time.ts';
import type { History, Plan } from '../history/history.ts';
import type { SeriesKnowledge } from '../history/memory.ts';
import { type AnswerCache, CachedAnswer } from './answer-cache.ts';
import { rangeJson, trendJson } from './answer-json.ts';
import type { Asked } from './question.ts';

/** Grows when the shape of a body changes, so that no browser keeps an old one. */
const FORMAT = 1;

/** An answer that may not be computed yet; its tag is known before. */
export interface Prepared {
  readonly etag: string;
  /** The caller named the range; it does not move with the clock. */
  readonly isAbsolute: boolean;
  load(): CachedAnswer | Promise<CachedAnswer>;
}

/** Answers as bytes: settles what is asked, names it by a tag of durable things, and computes it once. */
export class Answers {
  readonly #history: History;
  readonly #clock: Clock;
  readonly #cache: AnswerCache;

  constructor(history: History, clock: Clock, cache: AnswerCache) {
    this.#history = history;
    this.#clock = clock;
    this.#cache = cache;
  }

  range(knowledge: SeriesKnowledge, asked: Asked): Prepared {
    const plan = this.#history.plan(knowledge, asked);
    return this.#prepare(knowledge, plan, asked, `range.${asked.aggregate ?? ''}`, async () => {
      const answer = await this.#history.answer(knowledge, plan);
      return { body: rangeJson(answer, asked.aggregate), frozen: answer.frozen };
    });
  }

  /** `stream` is named in the body. */
  trend(knowledge: SeriesKnowledge, asked: Asked, stream: string | undefined): Prepared {
    const plan = this.#history.plan(knowledge, asked);
    return this.#prepare(knowledge, plan, asked, 'trend', async () => {
      const answer = await this.#history.answer(knowledge, plan);
      const daily = plan.step === DAY ? answer : await this.#history.answer(knowledge, { ...plan, step: DAY });
      return { body: trendJson(answer, daily, stream), frozen: answer.frozen };
    });
  }

  #prepare(
    { series, revision }: SeriesKnowledge,
    plan: Plan,
    asked: Asked,
    kind: string,
    compute: () => Promise<{ body: Buffer; frozen: boolean }>,
  ): Prepared {
    const { from, to, step, zone } = plan;
    // Up to where time counts as missing depends on the clock while the range is not over.
    const now = this.#clock.now();
    const open = to > now ? floorTo(now, MINUTE) / MINUTE : '';
    const etag = `W/"${FORMAT}.${kind}.${series.id}.${revision}.${from}.${to}.${step}.${zone.name}.${open}"`;
    return {
      etag,
      isAbsolute: asked.range !== undefined,
      load: () =>
        this.#cache.get(etag, async () => {
          const { body, frozen } = await compute();
          return new CachedAnswer(body, frozen);
        }),
    };
  }
}
