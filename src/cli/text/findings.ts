import { styleText } from 'node:util';
import type { Finding } from '../doctor/finding.ts';
import { count } from './numbers.ts';
import { oneLine } from './printable.ts';

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
const STATE_WIDTH = 6;

/** A line a finding, its mend below, and the sum of it. Coloured on a terminal only. */
export function findingsText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length)) + 2;
  const lines = findings.flatMap(({ check, state, text, mend }) => [
    `${styleText(COLOURS[state], state.padEnd(STATE_WIDTH))}${check.padEnd(width)}${oneLine(text)}`,
    ...(mend === undefined ? [] : [`${' '.repeat(STATE_WIDTH + width)}→ ${oneLine(mend)}`]),
  ]);
  const failed = findings.filter(({ state }) => state === 'fail').length;
  const warned = findings.filter(({ state }) => state === 'warn').length;
  const sum = [...(failed > 0 ? [`${failed} failed`] : []), ...(warned > 0 ? [count(warned, 'warning')] : [])];
  return [...lines, '', sum.length > 0 ? sum.join(', ') : 'all is well'].join('\n');
}
