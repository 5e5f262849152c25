import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AgentStatus, inspectSpool, readStatus, type SpoolContents } from '../agent/status.ts';
import { type Instant, toIso } from '../domain/time.ts';
import { systemClock } from '../jobs/system-clock.ts';
import { Failure } from './failure.ts';
import { print, printJson } from './output.ts';
import { bytesText, count } from './text/numbers.ts';
import { oneLine } from './text/printable.ts';
import { aboutText } from './text/times.ts';

/** Prints how an agent and its spool stand. */
export function showAgentStatus({ spool, json }: { readonly spool: string; readonly json?: boolean }): void {
  const folder = resolve(spool);
  if (!existsSync(folder)) throw new Failure(`there is no spool at ${folder}; name it by --spool`);
  const contents = inspectSpool(folder);
  const agent = readStatus(folder);
  if (json) printJson({ spool: { folder, ...contents }, agent: agent ?? null });
  else print(statusText(folder, contents, agent, systemClock.now()));
}

function statusText(folder: string, spool: SpoolContents, agent: AgentStatus | undefined, now: Instant): string {
  const ago = (at: Instant): string => `${toIso(at)} (${aboutText(Math.max(now - at, 0))} ago)`;
  const lines: [string, string][] = [
    ['spool', `${folder}, ${bytesText(spool.bytes)}`],
    ['waiting', spool.waiting === 0 ? 'nothing' : count(spool.waiting, 'reading')],
    ...(spool.oldestAt === null ? [] : ([['oldest', ago(spool.oldestAt)]] as [string, string][])),
    ['newest', spool.newestAt === null ? 'none yet' : ago(spool.newestAt)],
  ];
  if (spool.dropped > 0) lines.push(['LOST', `${count(spool.dropped, 'reading')}, dropped while the spool was full`]);
  if (spool.damaged > 0) lines.push(['LOST', `${count(spool.damaged, 'reading')} that the disk damaged`]);
  if (!agent) return text([...lines, ['agent', 'never ran with this spool']]);
  lines.push(
    ['agent', agent.stoppedAt === null ? `started ${ago(agent.startedAt)}` : `stopped ${ago(agent.stoppedAt)}`],
    ['source', agent.source],
    ['server', `${agent.server}, as ${agent.device}`],
    ['last sent', agent.lastSentAt === null ? 'never' : `${ago(agent.lastSentAt)}, ${agent.sent} in all`],
    ['sending', agent.failingSince === null ? 'works' : `fails since ${ago(agent.failingSince)}: ${agent.lastError}`],
  );
  if (agent.lastProblem !== null) lines.push(['problem', agent.lastProblem]);
  if (agent.rejected > 0) lines.push(['rejected', `${count(agent.rejected, 'line')}, in rejected.ndjson`]);
  if (agent.lastClockStep) {
    const { at, by } = agent.lastClockStep;
    const length = aboutText(Math.abs(by));
    lines.push([
      'clock',
      `set ${count(agent.clockSteps, 'time')}, last ${length} ${by < 0 ? 'back' : 'forward'} at ${toIso(at)}`,
    ]);
  }
  if (agent.stampsAhead > 0)
    lines.push(['stamps', `${aboutText(agent.stampsAhead)} ahead of the clock, which catches up`]);
  if (agent.fallback) {
    const { location, lastUploadAt, lastError } = agent.fallback;
    lines.push([
      'fallback',
      `${location}, ${lastUploadAt === null ? 'never used' : `uploaded ${ago(lastUploadAt)}`}${lastError === null ? '' : `; ${lastError}`}`,
    ]);
  }
  return text(lines);
}

const text = (lines: readonly [string, string][]): string =>
  lines.map(([name, value]) => `${name.padEnd(11)}${oneLine(value)}`).join('\n');
