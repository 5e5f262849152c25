import { useEffect, useState } from 'react';
import { serverNow } from '../api/server-clock.ts';
import type { Instant } from '../time/spans.ts';

/** The time by the server's clock, renewed every `every` milliseconds. */
export function useNow(every = 5_000): Instant {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
