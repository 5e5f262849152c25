import { Circle, CircleCheck, Clock3 } from 'lucide-react';
import { DEVICE_STATE_MEANING, type DeviceState } from './device-state.ts';

const LOOKS = {
  live: { Icon: CircleCheck, ink: 'text-ok-ink' },
  late: { Icon: Clock3, ink: 'text-late-ink' },
  gone: { Icon: Circle, ink: 'text-ink-3' },
} as const;

/** Told by a word and a shape, and only then by colour. */
export function DeviceBadge({ state }: { readonly state: DeviceState }) {
  const { Icon, ink } = LOOKS[state];
  return (
    <span
      data-state={state}
      title={DEVICE_STATE_MEANING[state]}
      className={`inline-flex shrink-0 items-center gap-1 text-xs font-medium ${ink}`}
    >
      <Icon size={13} aria-hidden />
      {state}
    </span>
  );
}
