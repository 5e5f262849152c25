import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { activitySchema } from '../src/activity/activity-config.ts';
import type { LogEvent } from '../src/activity/event.ts';
import { landEvents } from '../src/activity/land-events.ts';
import { projectionsOf } from '../src/activity/projections.ts';
import { DAY, SECOND } from '../src/domain/time.ts';
import { systemClock } from '../src/jobs/system-clock.ts';
import { ensureOrg } from '../src/store/catalog.ts';
import { openStore } from '../src/store/open.ts';

export const GUILD = '896070888594759740';

export interface ActivityHistory {
  readonly events: number;
  /** Milliseconds of every answer, sorted. */
  readonly latencies: Float64Array;
  readonly eventsPerSecond: number;
  readonly bytes: number;
}

const BATCH = 10_000;
const MODERATORS = 40;

/**
 * Fills a fresh store in `folder` with 89 days of a guild: applications, claims, and answers whose times spread over four powers of ten.
 * Three events an application, sent in the order of applications, so that answers come late and mixed.
 */
export async function makeActivityHistory(folder: string, events: number): Promise<ActivityHistory> {
  writeFileSync(join(folder, 'varve.config.ts'), "export default { hostSource: false, logLevel: 'warn' };\n");
  await using engine = await openStore({ file: join(folder, 'data', 'varve.db') });
  const now = systemClock.now();
  const org = await engine.write(({ database }) => ensureOrg(database, 'default', 'Default', now));
  const projections = projectionsOf(activitySchema.parse(undefined));
  const applications = Math.floor(events / 3);
  const latencies = new Float64Array(applications);
  const random = chance(7);
  const begin = performance.now();
  let batch: LogEvent[] = [];
  for (let index = 0; index < applications; index++) {
    const at = Math.floor(now - 89 * DAY + (index / applications) * 86 * DAY);
    const latency = Math.floor(Math.min(2 * DAY, 20 * SECOND * Math.exp(9 * random() * random())));
    latencies[index] = latency;
    const subject = `a${index}`;
    const actor = `69716940542286${2000 + (index % MODERATORS)}`;
    const base = { stream: GUILD, subject, attributes: '{}' };
    batch.push({ ...base, id: `s${index}`, type: 'app_submitted', actor: `u${index}`, at });
    batch.push({ ...base, id: `c${index}`, type: 'claim', actor, at: at + Math.floor(latency / 2) });
    batch.push({ ...base, id: `d${index}`, type: index % 4 === 0 ? 'reject' : 'accept', actor, at: at + latency });
    if (batch.length < BATCH && index < applications - 1) continue;
    await landEvents(engine, org, batch, projections, systemClock);
    batch = [];
  }
  return {
    events: applications * 3,
    latencies: latencies.sort(),
    eventsPerSecond: (applications * 3) / ((performance.now() - begin) / 1_000),
    bytes: await engine.size(),
  };
}

/** The same numbers from 0 to 1 at each run (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
