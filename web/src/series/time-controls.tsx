import { Undo2 } from 'lucide-react';
import { IconButton } from '../parts/icon-button.tsx';
import type { Instant, Span } from '../time/spans.ts';
import { RangePicker } from './range-picker.tsx';
import type { TimeWindowControl } from './use-time-window.ts';
import { WindowPicker } from './window-picker.tsx';
import { ZonePicker } from './zone-picker.tsx';

interface TimeControlsProps {
  readonly control: TimeWindowControl;
  readonly span: Span;
  readonly now: Instant;
}

export function TimeControls({ control, span, now }: TimeControlsProps) {
  const { shown, zone, show, showZone, canGoBack, back } = control;
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2">
      <WindowPicker shown={shown} onPick={show} />
      <RangePicker shown={shown} span={span} zone={zone} now={now} onPick={show} />
      <IconButton label="Back to the window before (Backspace)" disabled={!canGoBack} onClick={back}>
        <Undo2 size={15} aria-hidden />
      </IconButton>
      <p className="text-xs text-ink-3 max-lg:hidden">
        drag to zoom · <kbd className="font-mono">←</kbd> <kbd className="font-mono">→</kbd> move ·{' '}
        <kbd className="font-mono">+</kbd> <kbd className="font-mono">−</kbd> zoom
      </p>
      <div className="ml-auto max-sm:ml-0">
        <ZonePicker zone={zone} now={now} onPick={showZone} />
      </div>
    </div>
  );
}
