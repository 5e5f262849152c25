import { DAY } from '../time/spans.ts';

export interface BackfillAsked {
  readonly retryFailed?: true;
  readonly from?: string;
  readonly to?: string;
}

/** The body of a backfill from two dates, both included and both optional; or why they cannot be one. */
export function backfillSpan(
  first: string,
  last: string,
  retryFailed: boolean,
): BackfillAsked | { readonly problem: string } {
  if (first !== '' && last !== '' && last < first) return { problem: 'The last day must not be before the first.' };
  return {
    ...(retryFailed ? { retryFailed } : {}),
    ...(first === '' ? {} : { from: `${first}T00:00:00Z` }),
    ...(last === '' ? {} : { to: new Date(Date.parse(`${last}T00:00:00Z`) + DAY).toISOString().replace('.000Z', 'Z') }),
  };
}
