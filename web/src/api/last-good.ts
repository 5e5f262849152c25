import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { Instant } from '../time/spans.ts';

export interface LastGood<Data> {
  readonly data: Data | undefined;
  /** When it was received. */
  readonly receivedAt: Instant;
  /** It answers an earlier question than the one asked now. */
  readonly isEarlier: boolean;
}

/**
 * The newest good answer within a scope, kept while the next is on its way and when that one fails: a picture is never
 * taken away. A new scope (another series) begins with nothing.
 */
export function useLastGood<Data>(query: UseQueryResult<Data>, scope: string): LastGood<Data> {
  const { data, dataUpdatedAt } = query;
  const [kept, setKept] = useState({ scope, data, receivedAt: dataUpdatedAt });
  if (kept.scope !== scope || (data !== undefined && kept.receivedAt !== dataUpdatedAt)) {
    setKept({ scope, data, receivedAt: dataUpdatedAt });
  }
  if (data !== undefined) return { data, receivedAt: dataUpdatedAt, isEarlier: false };
  if (kept.scope !== scope) return { data: undefined, receivedAt: 0, isEarlier: false };
  return { data: kept.data, receivedAt: kept.receivedAt, isEarlier: kept.data !== undefined };
}
