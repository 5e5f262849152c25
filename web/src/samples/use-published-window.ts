import { useCallback, useMemo } from 'react';
import { useSearch } from 'wouter';
import { navigate, useHistoryState } from 'wouter/use-browser-location';
import { useZone } from '../time/use-zone.ts';
import { type PublishedWindow, readPublishedWindow, writePublishedWindow } from './published-window.ts';

export interface PublishedWindowControl {
  readonly shown: PublishedWindow;
  readonly zone: string;
  readonly show: (part: Partial<PublishedWindow>) => void;
  readonly showZone: (zone: string) => void;
  readonly back: () => void;
}

/** The window shown is in the address alone, so that it can be shared and the browser's history leads back. */
export function usePublishedWindow(): PublishedWindowControl {
  const search = useSearch();
  const depth = useHistoryState<{ readonly depth?: number } | null>()?.depth ?? 0;
  const [preferredZone, setPreferredZone] = useZone();
  const { window, samples, zone: zoneInAddress } = useMemo(() => readPublishedWindow(search), [search]);
  const shown = useMemo(() => ({ window, samples }), [window, samples]);

  const show = useCallback(
    (part: Partial<PublishedWindow>): void => {
      const next = { ...shown, ...part };
      if (next.window === shown.window && next.samples === shown.samples) return;
      navigate(location.pathname + writePublishedWindow(next, zoneInAddress), { state: { depth: depth + 1 } });
    },
    [depth, shown, zoneInAddress],
  );
  const showZone = useCallback(
    (zone: string): void => {
      setPreferredZone(zone);
      navigate(location.pathname + writePublishedWindow(shown, zone), { replace: true, state: { depth } });
    },
    [depth, setPreferredZone, shown],
  );
  const back = useCallback((): void => {
    if (depth > 0) history.back();
  }, [depth]);
  return { shown, zone: zoneInAddress ?? preferredZone, show, showZone, back };
}
