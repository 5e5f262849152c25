import { GRANULARITIES, WINDOW_NAMES } from '../../../src/domain/windows.ts';
import { Choices } from '../parts/choices.tsx';
import { ZonePicker } from '../series/zone-picker.tsx';
import type { Instant } from '../time/spans.ts';
import { RefreshButton } from './refresh-button.tsx';
import type { PublishedWindowControl } from './use-published-window.ts';
import type { RefreshControl } from './use-refresh.ts';

interface SamplesControlsProps {
  readonly control: PublishedWindowControl;
  readonly refresh: RefreshControl;
  readonly now: Instant;
}

export function SamplesControls({ control, refresh, now }: SamplesControlsProps) {
  const { shown, zone, show, showZone } = control;
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2">
      <Choices legend="Window" options={WINDOW_NAMES} chosen={shown.window} onPick={(window) => show({ window })} />
      <span className="inline-flex items-center gap-1.5">
        <Choices
          legend="Segments"
          options={GRANULARITIES}
          chosen={shown.samples}
          onPick={(samples) => show({ samples })}
        />
        <span aria-hidden className="text-xs text-ink-3 max-sm:hidden">
          segments
        </span>
      </span>
      <div className="flex min-w-0 max-sm:order-last max-sm:w-full">
        <RefreshButton state={refresh.state} zone={zone} onRefresh={refresh.start} />
      </div>
      <div className="ml-auto flex items-center gap-3 max-sm:ml-0">
        <p className="text-xs text-ink-3 max-xl:hidden">
          <kbd className="font-mono">1</kbd>–<kbd className="font-mono">6</kbd> window ·{' '}
          <kbd className="font-mono">+</kbd> <kbd className="font-mono">−</kbd> segments ·{' '}
          <kbd className="font-mono">r</kbd> refresh
        </p>
        <ZonePicker zone={zone} now={now} onPick={showZone} />
      </div>
    </div>
  );
}
