import { expect, test } from 'vitest';
import { coverageText } from '../../src/domain/coverage-text.ts';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';

const none = { have: 0, empty: 0, failed: 0, neverAsked: 0, notClosed: 0 };

test.each([
  [
    { ...none, have: 82 * HOUR + 8 * MINUTE, failed: 12 * MINUTE, empty: 45 * MINUTE },
    4,
    '82 h 8 m over 4 calendar days, 57 minutes missing: 12 failed, 45 never written',
  ],
  [{ ...none, have: 24 * HOUR }, 1, '24 h over 1 calendar day, nothing missing'],
  [{ ...none, have: HOUR, failed: MINUTE }, 1, '60 minutes over 1 calendar day, 60 seconds missing, failed'],
  [
    { ...none, have: 10 * HOUR, neverAsked: 26 * HOUR, empty: 90 * MINUTE },
    3,
    '10 h over 3 calendar days, 27 h 30 m missing: 90 minutes never written, 26 h never asked',
  ],
  [
    { ...none, have: 40 * SECOND, failed: 10 * SECOND, empty: 20 * SECOND },
    1,
    '40 seconds over 1 calendar day, 30 seconds missing: 10 failed, 20 never written',
  ],
  [
    { ...none, have: HOUR, notClosed: 5 * MINUTE },
    1,
    '60 minutes over 1 calendar day, nothing missing; 5 minutes not closed yet',
  ],
  [{ ...none, neverAsked: 12 * HOUR }, 0, 'no data, 12 h missing, never asked'],
])('%j', (totals, days, text) => {
  expect(coverageText(totals, days)).toBe(text);
});
