import { useEffect, useRef } from 'react';
import { GRANULARITIES, WINDOW_NAMES } from '../../../src/domain/windows.ts';
import { isTyping } from '../shell/is-typing.ts';
import { neighbour } from './published-window.ts';
import type { PublishedWindowControl } from './use-published-window.ts';

/** `r` refreshes, `1` to `6` pick a window, plus and minus draw it finer or coarser, Backspace and Escape go back. */
export function useSamplesKeys(control: PublishedWindowControl, refresh: () => void): void {
  const latest = useRef({ control, refresh });
  useEffect(() => {
    latest.current = { control, refresh };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // Dialogs and menus that used the key have said so.
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const { control, refresh } = latest.current;
      const { show, back } = control;
      const { samples } = control.shown;
      const window = WINDOW_NAMES[Number(event.key) - 1];
      if (window !== undefined) show({ window });
      else if (event.key === 'r' && !event.repeat) refresh();
      else if (event.key === '+' || event.key === '=') show({ samples: neighbour(GRANULARITIES, samples, 1) });
      else if (event.key === '-' || event.key === '_') show({ samples: neighbour(GRANULARITIES, samples, -1) });
      else if (event.key === 'Backspace' || event.key === 'Escape') back();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
