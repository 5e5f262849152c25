import type { Tone } from '../series/freshness.ts';

interface HourBarProps {
  readonly have: number;
  readonly expected: number;
  readonly tone: Tone;
}

const COLOURS: Readonly<Record<Tone, string>> = {
  ok: 'bg-ok',
  running: 'bg-ok',
  idle: 'bg-ink-3',
  late: 'bg-late',
  failing: 'bg-fail',
};

/** Samples of the running hour against those expected. */
export function HourBar({ have, expected, tone }: HourBarProps) {
  const part = expected > 0 ? Math.min(1, have / expected) : 0;
  return (
    <div className="mt-auto pt-2.5" title={`${have} of ${expected} samples this hour`}>
      <div className="h-1 overflow-hidden rounded-full bg-line">
        <div
          className={`h-full rounded-full transition-[width] ${COLOURS[tone]}`}
          style={{ width: `${part * 100}%` }}
        />
      </div>
    </div>
  );
}
