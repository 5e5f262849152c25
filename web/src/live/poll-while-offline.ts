import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLiveState } from './live-feed.ts';

const POLL = 20_000;

/** Without the stream nobody tells of changes: ask slowly for what is shown. */
export function usePollWhileOffline(): void {
  const client = useQueryClient();
  const { live, since } = useLiveState();
  const broken = !live && since !== null;
  useEffect(() => {
    if (!broken) return;
    const timer = setInterval(() => void client.invalidateQueries({}, { cancelRefetch: false }), POLL);
    return () => clearInterval(timer);
  }, [broken, client]);
}
