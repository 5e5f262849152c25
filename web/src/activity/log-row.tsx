import { memo } from 'react';
import { clockTimeWithSeconds, moment } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import type { LogEvent } from './bodies.ts';
import { Person } from './person.tsx';

interface LogRowProps {
  readonly event: LogEvent;
  readonly zone: string;
  readonly now: Instant;
}

/** Rows never change once they are there: a new one on top must not draw three hundred anew. */
export const LogRow = memo(
  ({ event, zone, now }: LogRowProps) => {
    const at = Date.parse(event.time);
    const identity = event.actor === null ? undefined : event.identities?.[event.actor];
    const subject = event.subject === null ? undefined : event.identities?.[event.subject];
    return (
      <tr className="border-b border-line last:border-0 hover:bg-hover">
        <td className="w-36 px-4 py-1.5 whitespace-nowrap text-ink-3" title={event.time}>
          {now - at < 86_400_000 ? clockTimeWithSeconds(at, zone) : moment(at, zone, now)}
        </td>
        <td className="w-40 px-2 py-1.5 font-medium whitespace-nowrap">{event.type}</td>
        <td className="max-w-52 px-2 py-1.5">
          <Person id={event.actor} name={event.display_name} avatar={event.avatar_url} departed={identity?.departed} />
        </td>
        <td className="max-w-52 px-4 py-1.5 text-ink-2">
          {event.subject !== null && (
            <Person
              id={event.subject}
              name={subject?.display_name}
              avatar={subject?.avatar_url}
              departed={subject?.departed}
            />
          )}
        </td>
      </tr>
    );
  },
  (before, after) => before.event === after.event && before.zone === after.zone,
);
