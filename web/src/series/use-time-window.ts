import { useCallback, useMemo } from 'react';
import { useSearch } from 'wouter';
import { navigate, useHistoryState } from 'wouter/use-browser-location';
import { readWindow, type TimeWindow, writeWindow } from '../time/time-window.ts';
import { useZone } from '../time/use-zone.ts';

interface HistoryEntry {
  /** How many windows of this visit lie before this one. */
  readonly depth: number;
  /** Panning many times leaves one entry. */
  readonly byPan: boolean;
}

export interface TimeWindowControl {
  readonly shown: TimeWindow;
  readonly zone: string;
  readonly canGoBack: boolean;
  readonly show: (shown: TimeWindow, byPan?: boolean) => void;
  readonly showZone: (zone: string) => void;
  readonly back: () => void;
}

/** What the chart shows is in the address alone: the browser's history is the "back" of zooming. */
export function useTimeWindow(): TimeWindowControl {
  const search = useSearch();
  const entry = useHistoryState<Partial<HistoryEntry> | null>();
  const [preferredZone, setPreferredZone] = useZone();
  const { shown, zone: zoneInAddress } = useMemo(() => readWindow(search), [search]);
  const depth = entry?.depth ?? 0;
  const wasPan = entry?.byPan ?? false;

  const show = useCallback(
    (next: TimeWindow, byPan = false): void => {
      const replace = byPan && wasPan;
      const state: HistoryEntry = { depth: replace ? depth : depth + 1, byPan };
      navigate(location.pathname + writeWindow(next, zoneInAddress), { replace, state });
    },
    [depth, wasPan, zoneInAddress],
  );
  const showZone = useCallback(
    (zone: string): void => {
      setPreferredZone(zone);
      navigate(location.pathname + writeWindow(shown, zone), { replace: true, state: { depth, byPan: wasPan } });
    },
    [depth, wasPan, setPreferredZone, shown],
  );
  const back = useCallback((): void => {
    if (depth > 0) history.back();
  }, [depth]);

  return { shown, zone: zoneInAddress ?? preferredZone, canGoBack: depth > 0, show, showZone, back };
}
