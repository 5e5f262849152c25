import { useId } from 'react';
import type { DeviceBody } from '../api/bodies.ts';
import { sparkWindow } from '../overview/spark-window.ts';
import type { Instant } from '../time/spans.ts';
import { DayStrip } from './day-strip.tsx';
import { DeviceBadge } from './device-badge.tsx';
import { DeviceSeries } from './device-series.tsx';
import { newestText, paceText, skewOf } from './device-state.ts';
import { agoText } from './update-state.ts';

interface DeviceCardProps {
  readonly device: DeviceBody;
  readonly zone: string;
  readonly now: Instant;
}

export function DeviceCard({ device, zone, now }: DeviceCardProps) {
  const id = useId();
  const { name, state, lastSeenAt, lastError } = device;
  const skew = skewOf(device);
  const newest = newestText(device, now);
  const pace = [paceText(device), newest].filter(Boolean).join(' · ');
  return (
    <li
      data-device={name}
      aria-labelledby={id}
      className={`min-w-0 overflow-clip rounded-lg border bg-panel ${state === 'late' ? 'border-late/40' : 'border-line'}`}
    >
      <div className="px-4 pt-3 pb-2.5">
        <div className="flex items-center gap-2">
          <h2 id={id} className="min-w-0 truncate font-medium">
            {name}
          </h2>
          <DeviceBadge state={state} />
          <p className="ml-auto shrink-0 text-xs text-ink-2">
            {lastSeenAt === null ? 'never seen' : `seen ${agoText(lastSeenAt, now)}`}
          </p>
        </div>
        <p className="mt-0.5 text-xs text-ink-3">
          {pace === '' ? 'its pace is not known yet' : pace}
          {skew && (
            <span className={skew.harms ? 'text-late-ink' : ''} title="Against the clock of the server">
              {' · '}
              {skew.text}
            </span>
          )}
        </p>
        <DayStrip device={device} zone={zone} now={now} />
        {lastError !== null && <p className="mt-1 text-xs text-fail-ink wrap-anywhere">{lastError}</p>}
      </div>
      <DeviceSeries device={name} count={device.series} spark={sparkWindow(device.firstSampleAt, now)} />
    </li>
  );
}
