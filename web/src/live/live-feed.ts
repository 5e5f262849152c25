import { useSyncExternalStore } from 'react';
import { queryClient } from '../api/query-client.ts';
import { FeedConnection, type LiveState } from './feed-connection.ts';
import { LiveCache } from './live-cache.ts';

const feed = new FeedConnection(new LiveCache(queryClient));

export const startFeed = (): (() => void) => feed.start();

export const useLiveState = (): LiveState => useSyncExternalStore(feed.subscribe, feed.state);
