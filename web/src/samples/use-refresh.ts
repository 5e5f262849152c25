import { useCallback, useEffect, useRef, useState } from 'react';
import type { WindowName } from '../../../src/domain/windows.ts';
import type { RefreshStateBody } from '../api/bodies.ts';
import { get, post } from '../api/client.ts';
import { problemText } from '../api/problem.ts';
import { serverNow } from '../api/server-clock.ts';
import type { Instant } from '../time/spans.ts';
import { IDLE, isBusy, nextRefreshState, type RefreshState, type RefreshStep, settled } from './refresh-state.ts';
import { RefreshWatch } from './refresh-watch.ts';

export interface RefreshControl {
  readonly state: RefreshState;
  /** Asks for fresh data, unless that is at work already. */
  readonly start: () => void;
}

const LOST = 'the server has forgotten it; ask for it again';

/**
 * One refresh of a window from the question to the new picture. `generatedAt` is that of the picture shown; `readNew` reads what was built; the picture before stays until that is
 * here. Another window begins with nothing.
 */
export function useRefresh(
  series: string,
  window: WindowName,
  generatedAt: Instant | undefined,
  readNew: () => Promise<unknown>,
): RefreshControl {
  const scope = `${series} ${window}`;
  const [kept, setKept] = useState({ scope, state: IDLE });
  const state = settled(kept.scope === scope ? kept.state : IDLE, generatedAt);
  const latest = useRef({ state, readNew });
  const stop = useRef<() => void>(() => {});
  useEffect(() => {
    latest.current = { state, readNew };
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scope tells when what is watched is no longer shown.
  useEffect(() => () => stop.current(), [scope]);

  const start = useCallback((): void => {
    if (isBusy(latest.current.state)) return;
    let stopped = false;
    const take = (step: RefreshStep): void => {
      if (stopped) return;
      setKept((before) => ({
        scope,
        state: nextRefreshState(before.scope === scope ? before.state : IDLE, step),
      }));
    };
    const heard = (body: RefreshStateBody): void => {
      take({ step: 'heard', body, at: serverNow() });
      if (body.state === 'committed') void latest.current.readNew().finally(() => take({ step: 'swapped' }));
    };
    const follow = (body: RefreshStateBody): void => {
      heard(body);
      if (stopped || nextRefreshState(IDLE, { step: 'heard', body, at: 0 }).phase !== 'running') return;
      const { requestId, links } = body;
      const watch = new RefreshWatch(
        body,
        {
          openEvents: () => new EventSource(links.events),
          readState: () => get<RefreshStateBody>(`samples/refresh/${encodeURIComponent(requestId)}`),
          after: (delay, action) => {
            const timer = setTimeout(action, delay);
            return () => clearTimeout(timer);
          },
        },
        {
          heard,
          cut: () => take({ step: 'cut', at: serverNow() }),
          lost: () => take({ step: 'failed', reason: LOST, at: serverNow() }),
        },
      );
      stop.current = () => {
        stopped = true;
        watch.stop();
      };
      watch.start();
    };
    stop.current = () => {
      stopped = true;
    };
    take({ step: 'asked' });
    post<RefreshStateBody>('samples/refresh', { series, window }).then(follow, (error: unknown) =>
      take({ step: 'failed', reason: problemText(error), at: serverNow() }),
    );
  }, [scope, series, window]);

  return { state, start };
}
