import type { ServerResponse } from 'node:http';
import { type Clock, SECOND } from '../domain/time.ts';
import type { Job } from '../store/jobs.ts';
import { refreshInput, stepNote, stepsOf } from '../windows/refresh-job.ts';
import { hasEnded, refreshBody } from './refreshes.ts';

const HEARTBEAT_EVERY = 15 * SECOND;
const HEARTBEAT = ': heartbeat\n\n';
/** How long a stream that is over may take to hand over its last bytes. */
const LAST_WORDS = 5 * SECOND;
const RETRY = 'retry: 1000\n\n';

interface RefreshEvent {
  readonly id: number;
  readonly name: 'queued' | 'started' | 'progress' | 'committed' | 'failed';
  readonly data: object;
}

/**
 * Everything that happened to a refresh, in order, made from nothing but its state: whoever asks when, before or after a restart of the
 * server, hears the same events under the same ids. 1 is `queued`, 2 `started`, then one for each step, and one for the end.
 */
function eventsOf(job: Job): readonly RefreshEvent[] {
  const input = refreshInput(job);
  const total = stepsOf(input);
  const { requestId, series, window, links, ...state } = refreshBody(job, null);
  const base = { requestId, series, window };
  const events: RefreshEvent[] = [{ id: 1, name: 'queued', data: { ...base, queuedAt: state.queuedAt, links } }];
  if (state.startedAt !== null) events.push({ id: 2, name: 'started', data: { ...base, startedAt: state.startedAt } });
  for (let done = 1; done <= (state.progress?.done ?? 0); done++)
    events.push({ id: 2 + done, name: 'progress', data: { ...base, done, total, note: stepNote(input, done) } });
  const id = 3 + total;
  const { finishedAt, versions, error } = state;
  if (job.state === 'succeeded') events.push({ id, name: 'committed', data: { ...base, finishedAt, versions, links } });
  else if (hasEnded(job))
    events.push({
      id,
      name: 'failed',
      data: { ...base, finishedAt, error: job.state === 'cancelled' ? 'it was cancelled' : error, links },
    });
  return events;
}

const messageOf = ({ id, name, data }: RefreshEvent): string =>
  `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/**
 * Writes the events of one refresh to one reader and ends after the last. All that can be outstanding for a reader who takes nothing is the
 * few events of one refresh.
 */
export class RefreshStream {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  #cursor: number;
  #cancelBeat = (): void => {};

  constructor(response: ServerResponse, clock: Clock, cursor: number) {
    this.#response = response;
    this.#clock = clock;
    this.#cursor = cursor;
    response.write(RETRY);
    this.#beatLater();
  }

  /** Writes what is new. True when that was the last. */
  tell(job: Job): boolean {
    let text = '';
    for (const event of eventsOf(job)) {
      if (event.id <= this.#cursor) continue;
      text += messageOf(event);
      this.#cursor = event.id;
    }
    if (text !== '' && !this.#response.writableEnded) this.#response.write(text);
    return hasEnded(job);
  }

  end(): void {
    this.#cancelBeat();
    const response = this.#response;
    if (response.writableEnded) return;
    response.end();
    const cancel = this.#clock.after(LAST_WORDS, () => response.destroy());
    response.on('close', cancel);
    if (response.closed) cancel();
  }

  #beatLater(): void {
    this.#cancelBeat = this.#clock.after(HEARTBEAT_EVERY, () => {
      // One that has something outstanding does not look dead, and must not be given more.
      if (this.#response.writableLength === 0) this.#response.write(HEARTBEAT);
      this.#beatLater();
    });
  }
}
