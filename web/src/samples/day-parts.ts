import type { DeviceBody } from '../api/bodies.ts';
import { lengthText, spanText } from '../time/format-time.ts';
import { DAY, type Instant } from '../time/spans.ts';
import { percentText } from '../values/format-value.ts';

/** A part of the last 24 hours, from the left edge on; both numbers are parts of the day. */
export interface DayPart {
  readonly from: number;
  readonly length: number;
  /** In a gap nothing was received; whether it may still come is told in words. */
  readonly state: 'have' | 'empty';
}

type Gap = DeviceBody['gaps'][number];

/** The last 24 hours of a device as parts to draw, in order: what is there first, gaps on top of it. Before its first sample is nothing. */
export function dayParts({ firstSampleAt, lastSampleAt, gaps }: DeviceBody, now: Instant): DayPart[] {
  const start = now - DAY;
  const part = (from: Instant, to: Instant, state: DayPart['state']): DayPart[] => {
    const [left, right] = [Math.max(from, start), Math.min(to, now)];
    return right > left ? [{ from: (left - start) / DAY, length: (right - left) / DAY, state }] : [];
  };
  if (firstSampleAt === null || lastSampleAt === null) return [];
  return [...part(firstSampleAt, lastSampleAt, 'have'), ...gaps.flatMap((gap) => part(gap.from, gap.to, 'empty'))];
}

/** `10:02 – 10:05, 3 min: nothing was received`. */
export const gapText = ({ from, to, reason }: Gap, zone: string, now: Instant): string =>
  `${spanText({ from, to }, zone, now)}, ${lengthText(to - from)}: ${reason}`;

/** The strip in words. */
export function dayText(device: DeviceBody, zone: string, now: Instant): string {
  const { coverage, gaps, gapsOmitted } = device;
  const head = coverage === null ? 'nothing known of the last 24 h' : `${percentText(coverage)} of the last 24 h`;
  const count = gaps.length + gapsOmitted;
  if (count === 0) return coverage === null ? head : `${head}, no gap`;
  const newest = gaps.at(-1);
  return `${head}, ${count} gap${count === 1 ? '' : 's'}${newest ? `, the newest ${gapText(newest, zone, now)}` : ''}`;
}
