import { toIso } from '../domain/time.ts';
import type { StoredEvent } from '../store/event-log.ts';
import type { Identity } from './identities/directory.ts';

/** An event as answers and streams give it. Names stand there only when they were asked for. */
export interface EventBody {
  readonly seq: number;
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly time: string;
  readonly attributes: Record<string, unknown>;
  /** Of the actor. */
  readonly display_name?: string | null;
  readonly avatar_url?: string | null;
  /** Those of actor and subject that are known. */
  readonly identities?: Record<string, Identity>;
}

export function eventBody(event: StoredEvent, stream: string, identities?: ReadonlyMap<string, Identity>): EventBody {
  const { seq, id, type, actor, subject, at, attributes } = event;
  const body = { seq, id, stream, type, actor, subject, time: toIso(at), attributes: JSON.parse(attributes) };
  return identities ? { ...body, ...namesOf(actor, identities) } : body;
}

/** The name and the picture to show for an id. */
export function namesOf(
  id: string | null,
  identities: ReadonlyMap<string, Identity>,
): { display_name: string | null; avatar_url: string | null } {
  const identity = id === null ? undefined : identities.get(id);
  return { display_name: identity?.display_name ?? null, avatar_url: identity?.avatar_url ?? null };
}

/** The ids in events that may name somebody. */
export const idsOf = (events: readonly Pick<StoredEvent, 'actor' | 'subject'>[]): Set<string> =>
  new Set(events.flatMap(({ actor, subject }) => [actor, subject]).filter((id) => id !== null));
