import { useEffect, useRef } from 'react';
import { isTyping } from '../shell/is-typing.ts';
import type { Instant, Span } from '../time/spans.ts';
import { pan, zoom } from '../time/time-window.ts';
import type { TimeWindowControl } from './use-time-window.ts';

const PAN_PART = 0.25;
const ZOOM = 2;

/** Arrows move the chart, plus and minus zoom it, Backspace and Escape go back. */
export function useChartKeys(control: TimeWindowControl, span: Span, now: Instant): void {
  const latest = useRef({ control, span, now });
  useEffect(() => {
    latest.current = { control, span, now };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // Dialogs and menus that used the key have said so.
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const { control, span, now } = latest.current;
      if (event.key === 'ArrowLeft') control.show(pan(span, -PAN_PART, now), true);
      else if (event.key === 'ArrowRight') control.show(pan(span, PAN_PART, now), true);
      else if (event.key === '+' || event.key === '=') control.show(zoom(span, 1 / ZOOM, now));
      else if (event.key === '-' || event.key === '_') control.show(zoom(span, ZOOM, now));
      else if (event.key === 'Backspace' || event.key === 'Escape') control.back();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
