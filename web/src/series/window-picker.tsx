import { isMoving, type TimeWindow, WINDOWS } from '../time/time-window.ts';

interface WindowPickerProps {
  readonly shown: TimeWindow;
  readonly onPick: (shown: TimeWindow) => void;
}

export function WindowPicker({ shown, onPick }: WindowPickerProps) {
  const chosen = isMoving(shown) ? shown.window : undefined;
  return (
    <fieldset className="inline-flex h-8 rounded-md border border-line-strong bg-panel p-0.5">
      <legend className="sr-only">Window</legend>
      {WINDOWS.map((window) => (
        <button
          key={window}
          type="button"
          aria-pressed={window === chosen}
          onClick={() => onPick({ window })}
          className={`rounded px-2 text-sm transition-colors sm:px-2.5 ${
            window === chosen ? 'bg-accent-soft font-medium text-accent' : 'text-ink-2 hover:text-ink'
          }`}
        >
          {window}
        </button>
      ))}
    </fieldset>
  );
}
