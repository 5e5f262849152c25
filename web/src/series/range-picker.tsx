import { CalendarRange } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { spanText } from '../time/format-time.ts';
import type { Instant, Span } from '../time/spans.ts';
import { isMoving, type TimeWindow } from '../time/time-window.ts';
import { RangeForm } from './range-form.tsx';

interface RangePickerProps {
  readonly shown: TimeWindow;
  readonly span: Span;
  readonly zone: string;
  readonly now: Instant;
  readonly onPick: (shown: TimeWindow) => void;
}

export function RangePicker({ shown, span, zone, now, onPick }: RangePickerProps) {
  const [open, setOpen] = useState(false);
  const custom = !isMoving(shown);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        className={`inline-flex h-8 max-w-full items-center gap-1.5 rounded-md border bg-panel px-2.5 text-sm transition-colors hover:bg-hover ${
          custom ? 'border-accent/50 font-medium text-accent' : 'border-line-strong text-ink-2'
        }`}
      >
        <CalendarRange size={14} aria-hidden className="shrink-0" />
        <span className="truncate">{custom ? spanText(shown, zone, now) : 'Custom'}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Custom range"
          className="z-40 w-72 animate-appear rounded-lg border border-line-strong bg-raised p-4 shadow-float"
        >
          <RangeForm
            span={span}
            zone={zone}
            onPick={(picked) => {
              setOpen(false);
              onPick(picked);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
