import { GRANULARITIES, type Granularity, WINDOW_NAMES, type WindowName } from '../../../src/domain/windows.ts';
import { isZone } from '../time/zone.ts';

/** Which published window is looked at, and how finely. */
export interface PublishedWindow {
  readonly window: WindowName;
  readonly samples: Granularity;
}

const DEFAULT: PublishedWindow = { window: '1h', samples: 100 };

/** Reads `?window=10h&samples=250&tz=`. Anything unknown falls back to the default instead of an error. */
export function readPublishedWindow(search: string): PublishedWindow & { readonly zone: string | undefined } {
  const query = new URLSearchParams(search);
  const tz = query.get('tz');
  return {
    window: WINDOW_NAMES.find((name) => name === query.get('window')) ?? DEFAULT.window,
    samples: GRANULARITIES.find((granularity) => String(granularity) === query.get('samples')) ?? DEFAULT.samples,
    zone: tz !== null && isZone(tz) ? tz : undefined,
  };
}

export function writePublishedWindow({ window, samples }: PublishedWindow, zone: string | undefined): string {
  const query = new URLSearchParams({ window, samples: String(samples) });
  if (zone !== undefined) query.set('tz', zone);
  return `?${query.toString().replaceAll('%2F', '/')}`;
}

/** The neighbour in a list, or the end itself. */
export function neighbour<Option>(options: readonly Option[], current: Option, step: number): Option {
  const index = options.indexOf(current) + step;
  return options[Math.min(options.length - 1, Math.max(0, index))] ?? current;
}
