import { useSyncExternalStore } from 'react';
import { browserZone, isZone } from './zone.ts';

const STORED = 'varve.zone';
const subscribers = new Set<() => void>();
let chosen = readStored();

function readStored(): string {
  try {
    const stored = localStorage.getItem(STORED);
    return stored !== null && isZone(stored) ? stored : browserZone();
  } catch {
    return browserZone();
  }
}

function choose(zone: string): void {
  chosen = zone;
  try {
    if (zone === browserZone()) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, zone);
  } catch {
    // Storage can be forbidden; then the choice lasts as long as the page.
  }
  for (const changed of subscribers) changed();
}

const subscribe = (changed: () => void): (() => void) => {
  subscribers.add(changed);
  return () => subscribers.delete(changed);
};

/** The zone in which times are shown: the browser's until another is chosen. */
export const useZone = (): readonly [string, (zone: string) => void] => [
  useSyncExternalStore(subscribe, () => chosen),
  choose,
];
