import { Choices } from '../parts/choices.tsx';
import { isMoving, type TimeWindow, WINDOWS } from '../time/time-window.ts';

interface WindowPickerProps {
  readonly shown: TimeWindow;
  readonly onPick: (shown: TimeWindow) => void;
}

export function WindowPicker({ shown, onPick }: WindowPickerProps) {
  const chosen = isMoving(shown) ? shown.window : undefined;
  return <Choices legend="Window" options={WINDOWS} chosen={chosen} onPick={(window) => onPick({ window })} />;
}
