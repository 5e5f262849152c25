import { Popover } from 'radix-ui';
import type { DeviceBody } from '../api/bodies.ts';
import { coverStyle } from '../series/cover-style.ts';
import type { Instant } from '../time/spans.ts';
import { countText, percentText } from '../values/format-value.ts';
import { dayParts, dayText, gapText } from './day-parts.ts';

interface DayStripProps {
  readonly device: DeviceBody;
  readonly zone: string;
  readonly now: Instant;
}

/** The last 24 hours in one strip; with gaps it opens and tells them. */
export function DayStrip({ device, zone, now }: DayStripProps) {
  const { coverage, gaps, gapsOmitted } = device;
  const said = dayText(device, zone, now);
  const strip = (
    <>
      <span className="relative block h-2.5 min-w-0 flex-1 overflow-hidden rounded-xs bg-sunken shadow-[inset_0_0_0_1px_var(--line)]">
        {dayParts(device, now).map(({ from, length, state }) => (
          <span
            key={`${state}:${from}`}
            className={`absolute inset-y-0 ${state === 'have' ? '' : 'bg-panel'}`}
            style={{ left: `${from * 100}%`, width: `${length * 100}%`, minWidth: '2px' }}
          >
            <span className={`block h-full w-full ${coverStyle(state)}`} />
          </span>
        ))}
      </span>
      <span className="w-24 shrink-0 text-right text-xs text-ink-2">
        {coverage === null ? '–' : percentText(coverage)} of 24 h
      </span>
    </>
  );
  if (gaps.length === 0) {
    return (
      <div role="img" aria-label={said} title={said} className="mt-2 flex items-center gap-2">
        {strip}
      </div>
    );
  }
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={said}
        title={said}
        className="mt-2 flex w-full items-center gap-2 rounded text-left hover:brightness-95"
      >
        {strip}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={6}
          collisionPadding={8}
          aria-label={`Gaps of ${device.name}`}
          className="z-40 max-h-72 w-96 max-w-[calc(100vw-1rem)] animate-appear overflow-y-auto rounded-lg border border-line-strong bg-raised py-1 text-xs shadow-float"
        >
          <ul>
            {gaps.toReversed().map((gap) => (
              <li key={gap.from} className="px-3 py-1 text-ink-2 wrap-anywhere">
                {gapText(gap, zone, now)}
              </li>
            ))}
          </ul>
          {gapsOmitted > 0 && <p className="px-3 py-1 text-ink-3">and {countText(gapsOmitted)} older ones</p>}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
