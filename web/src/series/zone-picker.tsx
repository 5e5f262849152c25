import { Globe } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import type { Instant } from '../time/spans.ts';
import { offsetText } from '../time/zone.ts';
import { ZoneSearch } from './zone-search.tsx';

interface ZonePickerProps {
  readonly zone: string;
  readonly now: Instant;
  readonly onPick: (zone: string) => void;
}

export function ZonePicker({ zone, now, onPick }: ZonePickerProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={`Time zone: ${zone}`}
        className="inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong bg-panel px-2.5 text-sm text-ink-2 transition-colors hover:bg-hover"
      >
        <Globe size={14} aria-hidden />
        {zone.replaceAll('_', ' ')}
        {zone !== 'UTC' && <span className="text-xs text-ink-3">{offsetText(zone, now)}</span>}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Time zone"
          className="z-40 w-72 animate-appear rounded-lg border border-line-strong bg-raised shadow-float"
        >
          <ZoneSearch
            zone={zone}
            now={now}
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
