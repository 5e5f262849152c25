import type { DeviceBody } from '../api/bodies.ts';
import { lengthText } from '../time/format-time.ts';
import { HOUR, type Instant, MINUTE, SECOND } from '../time/spans.ts';

export type DeviceState = DeviceBody['state'];

export const DEVICE_STATES: readonly DeviceState[] = ['live', 'late', 'gone'];

export const DEVICE_STATE_MEANING: Readonly<Record<DeviceState, string>> = {
  live: 'samples arrive at their usual pace',
  late: 'the next sample is overdue',
  gone: 'no sample has come for long',
};

/** `every 10 s · 12 samples/min`; nothing while the pace is not known. */
export function paceText({ cadence, samplesPerMinute }: DeviceBody): string {
  const parts: string[] = [];
  if (cadence !== null && cadence > 0)
    parts.push(`every ${cadence < SECOND ? `${Math.round(cadence)} ms` : lengthText(cadence)}`);
  if (samplesPerMinute !== null && samplesPerMinute > 0) parts.push(rateText(samplesPerMinute));
  return parts.join(' · ');
}

/** In the largest unit of time that makes it at least one. */
function rateText(perMinute: number): string {
  const [rate, unit] =
    perMinute >= MINUTE / SECOND
      ? [perMinute / 60, 's']
      : perMinute >= 1
        ? [perMinute, 'min']
        : [perMinute * (HOUR / MINUTE), 'h'];
  const shown = rate >= 10 ? Math.round(rate) : Number(rate.toFixed(1));
  return `${shown} sample${shown === 1 ? '' : 's'}/${unit}`;
}

/** Samples that were sent late are older than the sending tells; what arrives as it is measured needs no such line. */
export function newestText({ lastSampleAt, lastSeenAt, cadence }: DeviceBody, now: Instant): string | undefined {
  if (lastSampleAt === null || lastSeenAt === null) return undefined;
  const isLate = lastSeenAt - lastSampleAt > Math.max(2 * MINUTE, 3 * (cadence ?? 0));
  return isLate ? `newest sample ${lengthText(now - lastSampleAt)} old` : undefined;
}

/** Less is the time on the wire and nobody's fault. */
const SKEW_WORTH_TELLING = 2 * SECOND;
/** From here on windows of an hour look wrong. */
const SKEW_THAT_HARMS = 30 * SECOND;

export interface SkewTold {
  readonly text: string;
  readonly harms: boolean;
}

export function skewOf({ clockSkew }: DeviceBody): SkewTold | undefined {
  if (clockSkew === null || Math.abs(clockSkew) < SKEW_WORTH_TELLING) return undefined;
  const text = `clock ${lengthText(Math.abs(clockSkew))} ${clockSkew > 0 ? 'ahead' : 'behind'}`;
  return { text, harms: Math.abs(clockSkew) >= SKEW_THAT_HARMS };
}

/** `3 live · 1 late`, in that order, without those that are none. */
export const devicesText = (devices: readonly DeviceBody[]): string =>
  DEVICE_STATES.map((state) => [devices.filter((device) => device.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`)
    .join(' · ');
