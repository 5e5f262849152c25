import { useQuery } from '@tanstack/react-query';
import type { MeBody } from '../../../src/http/accounts-contract.ts';
import { meQuery } from './account-queries.ts';

/** Who looks at this page; undefined until it is known. */
export const useMe = (): MeBody | undefined => useQuery(meQuery()).data;
