import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const STORED = 'varve.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const subscribers = new Set<() => void>();

const shown = (): Theme => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light');

function show(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  for (const changed of subscribers) changed();
}

system.addEventListener('change', ({ matches }) => {
  if (stored() === null) show(matches ? 'dark' : 'light');
});

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** Changes the theme; a choice that equals the system's is forgotten, so that the page follows the system again. */
export function toggleTheme(): void {
  const next: Theme = shown() === 'dark' ? 'light' : 'dark';
  try {
    if ((next === 'dark') === system.matches) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, next);
  } catch {
    // Storage can be forbidden; then the choice lasts as long as the page.
  }
  show(next);
}

const subscribe = (changed: () => void): (() => void) => {
  subscribers.add(changed);
  return () => subscribers.delete(changed);
};

export const useTheme = (): Theme => useSyncExternalStore(subscribe, shown);
