import { useState } from 'react';

export const ACTIVITY_WINDOWS = ['7d', '30d', '90d', 'any'] as const;
export type ActivityWindow = (typeof ACTIVITY_WINDOWS)[number];

export interface ActivityChoice {
  readonly stream: string | undefined;
  readonly window: ActivityWindow;
}

/** What is looked at, kept in the address so that it can be passed on. */
export function useActivityChoice(): readonly [ActivityChoice, (change: Partial<ActivityChoice>) => void] {
  const [choice, setChoice] = useState(readAddress);
  const choose = (change: Partial<ActivityChoice>): void => {
    const next = { ...choice, ...change };
    const parameters = new URLSearchParams({ window: next.window });
    if (next.stream !== undefined) parameters.set('log', next.stream);
    history.replaceState(history.state, '', `?${parameters}`);
    setChoice(next);
  };
  return [choice, choose];
}

function readAddress(): ActivityChoice {
  const parameters = new URLSearchParams(location.search);
  const window = ACTIVITY_WINDOWS.find((name) => name === parameters.get('window')) ?? '7d';
  return { stream: parameters.get('log') ?? undefined, window };
}
