import { type Clock, HOUR, MINUTE } from '../domain/time.ts';
import { dropRaw } from '../history/retention.ts';
import type { Task } from '../jobs/schedule.ts';
import { DeviceClosing } from '../sources/push/closing.ts';
import type { PushSettings } from '../sources/push/push-config.ts';
import { listSources } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { listOrgs } from '../store/orgs.ts';

/** What is done regularly for the devices that push samples, of all orgs. */
export function pushTasks(engine: Engine, { grace, keepRaw }: PushSettings, clock: Clock): readonly Task[] {
  const closing = new DeviceClosing(engine, grace, clock);
  const retain: Task = {
    name: 'retain devices',
    every: HOUR,
    run: async () => {
      for (const org of await listOrgs(engine.reader)) {
        for (const source of await listSources(engine.reader, org.number)) {
          if (source.kind === 'push') await dropRaw(engine, org, source, clock.now() - (keepRaw ?? 0), clock);
        }
      }
    },
  };
  return [
    { name: 'close devices', every: MINUTE, run: () => closing.closeHours() },
    ...(keepRaw === null ? [] : [retain]),
  ];
}
