import { floorTo } from '../domain/time.ts';
import { ACTIVITY_LEVELS, addEventCounts, clearEventCounts, type EventCount } from '../store/activity-rollups.ts';
import type { StoredEvent } from '../store/event-log.ts';
import type { PairSettings } from './activity-config.ts';
import type { Projection } from './projection.ts';

/**
 * Counts events by type, of all and of each actor. Types that open an item are not counted by actor: whoever asks is no moderator, and
 * there are as many of them as events.
 */
export function countingOf(pairs: readonly PairSettings[]): Projection {
  const openers = new Set(pairs.map(({ from }) => from));
  return {
    name: 'counts',
    definition: `by type, and by actor without ${[...openers].sort().join(' ')}`,
    apply: async (writer, stream, events) => {
      const counts = new Map<string, { -readonly [Field in keyof EventCount]: EventCount[Field] }>();
      const count = (level: number, event: StoredEvent, actor: string): void => {
        const at = floorTo(event.at, level);
        const key = `${level} ${at} ${actor} ${event.type}`;
        const known = counts.get(key);
        if (known) known.count++;
        else counts.set(key, { level, at, actor, type: event.type, count: 1 });
      };
      for (const event of events) {
        for (const level of ACTIVITY_LEVELS) {
          count(level, event, '');
          if (event.actor !== null && !openers.has(event.type)) count(level, event, event.actor);
        }
      }
      await addEventCounts(writer, stream, [...counts.values()]);
      return 0;
    },
    clear: clearEventCounts,
  };
}
