import { expect, test } from 'vitest';
import type { RefreshStateBody } from '../../web/src/api/bodies.ts';
import { ApiProblem } from '../../web/src/api/problem.ts';
import { afterEvent, type RefreshEventName } from '../../web/src/samples/refresh-events.ts';
import {
  IDLE,
  isBusy,
  nextRefreshState,
  type RefreshStep,
  refreshRatio,
  refreshSaid,
  refreshText,
  settled,
} from '../../web/src/samples/refresh-state.ts';
import { RefreshWatch } from '../../web/src/samples/refresh-watch.ts';
import { T0 } from './answers.ts';
import { refreshBody, SECOND } from './samples.ts';

const after = (...steps: RefreshStep[]) => steps.reduce(nextRefreshState, IDLE);
const heard = (more: Partial<RefreshStateBody> = {}): RefreshStep => ({
  step: 'heard',
  body: refreshBody(more),
  at: T0,
});
const progress = { done: 1, total: 4, note: '1h read and merged' };

test('a refresh is busy from the question to the new picture', () => {
  const busy = [after({ step: 'asked' }), after(heard()), after(heard({ state: 'committed' }))];
  expect(busy.every(isBusy)).toBe(true);
  expect(isBusy(IDLE)).toBe(false);
  expect(after(heard({ state: 'committed' }), { step: 'swapped' })).toEqual({ phase: 'done' });
});

test('says in few words how far it is', () => {
  const text = (...steps: RefreshStep[]) => refreshText(after(...steps), 'UTC', T0);
  expect(text(heard())).toBe('waiting for its turn');
  expect(text(heard({ state: 'started', eta: T0 + 3 * SECOND }))).toBe('building · about 3 s left');
  expect(text(heard({ state: 'started', progress }))).toBe('step 1 of 4: 1h read and merged');
  expect(text(heard(), { step: 'cut', at: T0 })).toBe('nothing heard since 10:00, asking again');
  expect(refreshRatio(after(heard({ state: 'started', progress })))).toBe(0.25);
  expect(refreshRatio(after(heard()))).toBeUndefined();
});

test('a failure keeps its reason, and a cut is over with the next word', () => {
  expect(after(heard({ state: 'failed', error: 'disk full' }))).toEqual({
    phase: 'failed',
    reason: 'disk full',
    at: T0,
  });
  expect(refreshSaid(after(heard({ state: 'failed', error: 'disk full' })))).toContain('The last good picture stays.');
  expect(after(heard(), { step: 'cut', at: T0 }, heard({ state: 'started' }))).toMatchObject({ cutSince: null });
  expect(after(heard(), { step: 'cut', at: T0 }, { step: 'cut', at: T0 + SECOND })).toMatchObject({ cutSince: T0 });
});

test('events add to what is known, and a stream told from the beginning takes nothing back', () => {
  const tell = (body: RefreshStateBody, name: RefreshEventName, data: object) =>
    afterEvent(body, name, JSON.stringify(data)) ?? expect.fail('the event was not read');
  const asked = refreshBody({ eta: T0 + SECOND });
  const going = tell(asked, 'progress', { done: 2, total: 4, note: 'published 1h' });
  expect(going).toMatchObject({ state: 'started', eta: T0 + SECOND, progress: { done: 2, total: 4 } });
  expect(tell(going, 'queued', {})).toBe(going);
  expect(tell(going, 'started', {})).toEqual(going);
  expect(tell(going, 'progress', { done: 1, total: 4, note: 'staged 1h' }).progress?.done).toBe(2);
  expect(tell(going, 'failed', { error: 'disk full' })).toMatchObject({ state: 'failed', error: 'disk full' });
  expect(afterEvent(going, 'failed', '{')).toBeUndefined();
});

type Listener = (event: { readonly data: string }) => void;

test('a failure is told until a newer picture is there', () => {
  const failed = after(heard({ state: 'failed', error: 'disk full' }));
  expect(settled(failed, undefined)).toBe(failed);
  expect(settled(failed, T0 - SECOND)).toBe(failed);
  expect(settled(failed, T0 + SECOND)).toBe(IDLE);
});

/** A server whose streams are broken by hand, and timers that run when told. */
function handPeer(answers: (RefreshStateBody | ApiProblem)[] = []) {
  const streams: { readyState: number; closed: boolean; emit(type: string, data?: string): void }[] = [];
  let timers: (() => void)[] = [];
  const said: string[] = [];
  const watch = new RefreshWatch(
    refreshBody(),
    {
      openEvents: () => {
        const listeners = new Map<string, Listener[]>();
        const stream = {
          readyState: 1,
          closed: false,
          addEventListener: (type: string, listener: Listener) => {
            listeners.set(type, [...(listeners.get(type) ?? []), listener]);
          },
          close: () => {
            stream.closed = true;
          },
          emit: (type: string, data = '') => {
            for (const listener of listeners.get(type) ?? []) listener({ data });
          },
        };
        streams.push(stream);
        return stream;
      },
      readState: () => {
        const answer = answers.shift() ?? new ApiProblem(0, 'it cannot be reached');
        return answer instanceof ApiProblem ? Promise.reject(answer) : Promise.resolve(answer);
      },
      after: (_delay, action) => {
        timers.push(action);
        return () => {
          timers = timers.filter((other) => other !== action);
        };
      },
    },
    {
      heard: ({ state }) => said.push(state),
      cut: () => said.push('cut'),
      lost: () => said.push('lost'),
    },
  );
  const runTimers = async (): Promise<void> => {
    const due = timers;
    timers = [];
    for (const action of due) action();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const newest = () => streams.at(-1) ?? expect.fail('no stream was opened');
  const send = (name: RefreshEventName, data = {}) => newest().emit(name, JSON.stringify({ requestId: 'r1', ...data }));
  watch.start();
  return { watch, streams, said, newest, send, runTimers, waiting: () => timers.length };
}

test('follows the events to the end, and closes the stream there', () => {
  const { send, said, newest } = handPeer();
  send('queued');
  send('started');
  newest().emit('progress', '{');
  send('committed');
  expect(said).toEqual(['queued', 'started', 'committed']);
  expect(newest().closed).toBe(true);
  send('failed');
  expect(said).toHaveLength(3);
});

test('the browser mends a break by itself; after several the state is asked for and the stream opened anew', async () => {
  const { send, said, newest, streams, runTimers } = handPeer([refreshBody({ state: 'started' })]);
  newest().emit('error');
  send('started');
  expect(streams).toHaveLength(1);
  for (let time = 0; time < 3; time++) newest().emit('error');
  await runTimers();
  expect(streams).toHaveLength(2);
  send('committed');
  expect(said).toEqual(['cut', 'started', 'cut', 'cut', 'cut', 'started', 'committed']);
});

test('a server that is away is asked until it answers, and its answer may be the end', async () => {
  const { said, newest, streams, runTimers, waiting } = handPeer([
    new ApiProblem(0, 'it cannot be reached'),
    new ApiProblem(503, 'starting'),
    refreshBody({ state: 'committed' }),
  ]);
  newest().readyState = 2;
  newest().emit('error');
  for (let time = 0; time < 3; time++) await runTimers();
  expect(said).toEqual(['cut', 'committed']);
  expect(streams).toHaveLength(1);
  expect(waiting()).toBe(0);
});

test('a server that has forgotten the refresh ends it', async () => {
  const { said, newest, runTimers, waiting } = handPeer([new ApiProblem(404, 'no such refresh')]);
  newest().readyState = 2;
  newest().emit('error');
  await runTimers();
  expect(said).toEqual(['cut', 'lost']);
  expect(waiting()).toBe(0);
});

test('nothing is heard after it was stopped', async () => {
  const { watch, send, said, newest, runTimers } = handPeer([refreshBody({ state: 'started' })]);
  newest().readyState = 2;
  newest().emit('error');
  watch.stop();
  send('started');
  await runTimers();
  expect(said).toEqual(['cut']);
});
