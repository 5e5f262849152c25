import type { CoverageState } from './coverage-months.ts';

const STYLES: Readonly<Record<CoverageState, string>> = {
  have: 'cover-have',
  empty: 'cover-empty',
  failed: 'cover-failed',
  'never-asked': 'cover-never-asked',
  'not-closed': 'cover-not-closed',
};

export const coverStyle = (state: CoverageState): string => STYLES[state];
