import { DAY, type Instant, isPlausibleInstant, parseInstant, toIso } from '../domain/time.ts';

/** What happened, as it is stored. */
export interface LogEvent {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  /** Who did it. */
  readonly actor: string | null;
  /** What it was done to: by this an answer finds its question. */
  readonly subject: string | null;
  readonly at: Instant;
  /** A JSON object. */
  readonly attributes: string;
}

/** Why an event is not taken. */
export interface Refused {
  readonly reason: string;
}

const LONGEST_ID = 128;
const LONGEST_TYPE = 64;
const LONGEST_ATTRIBUTES = 16 * 1024;
/** How far a sender's clock may run ahead. */
const AHEAD = DAY;
const FIELDS = ['id', 'stream', 'type', 'actor', 'subject', 'time', 'attributes'];

/** Checks one event of a batch; `stream` is the one to use where the event names none. */
export function checkEvent(value: unknown, now: Instant, stream?: string): LogEvent | Refused {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused('must be a JSON object');
  const fields = value as Record<string, unknown>;
  const unknown = Object.keys(fields).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) return refused(`${unknown.slice(0, 60)} is no field of an event; put it into attributes`);
  const problem =
    idProblem('id', fields.id, false) ??
    (fields.stream === undefined && stream !== undefined ? undefined : idProblem('stream', fields.stream, false)) ??
    typeProblem(fields.type) ??
    idProblem('actor', fields.actor, true) ??
    idProblem('subject', fields.subject, true);
  if (problem !== undefined) return refused(problem);
  const at = instantOf(fields.time);
  if (at === undefined)
    return refused('time must be an instant like 2026-11-23T14:00:00Z or epoch milliseconds, from 1970 to 2199');
  if (at > now + AHEAD) return refused(`time is more than a day ahead: ${toIso(at)}, now it is ${toIso(now)}`);
  const attributes = attributesOf(fields.attributes);
  if (typeof attributes !== 'string') return attributes;
  return {
    id: fields.id as string,
    stream: (fields.stream ?? stream) as string,
    type: fields.type as string,
    actor: (fields.actor as string | null | undefined) ?? null,
    subject: (fields.subject as string | null | undefined) ?? null,
    at,
    attributes,
  };
}

const refused = (reason: string): Refused => ({ reason });

function idProblem(name: string, value: unknown, optional: boolean): string | undefined {
  if (optional && (value === undefined || value === null)) return undefined;
  if (value === undefined) return `${name} is missing`;
  if (typeof value === 'number') return `${name} must be a string: 64-bit ids lose digits as JSON numbers`;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value))
    return `${name} must be a string of printable ASCII without spaces`;
  return value.length > LONGEST_ID ? `${name} is longer than ${LONGEST_ID} characters` : undefined;
}

function typeProblem(value: unknown): string | undefined {
  if (typeof value === 'string' && value.length <= LONGEST_TYPE && /^[A-Za-z0-9][\w.:-]*$/.test(value))
    return undefined;
  return `type must be a word of at most ${LONGEST_TYPE} letters, digits, _ . : and -, like app_submitted`;
}

function instantOf(value: unknown): Instant | undefined {
  if (typeof value === 'string') return /^\d+$/.test(value) ? undefined : wholeInstant(parseInstant(value));
  return typeof value === 'number' && isPlausibleInstant(value) ? value : undefined;
}

const wholeInstant = (instant: Instant | undefined): Instant | undefined =>
  instant === undefined ? undefined : Math.floor(instant);

function attributesOf(value: unknown): string | Refused {
  if (value === undefined || value === null) return '{}';
  if (typeof value !== 'object' || Array.isArray(value)) return refused('attributes must be a JSON object');
  const unsafe = findUnsafe(value, 'attributes');
  if (unsafe !== undefined)
    return refused(`${unsafe} is a whole number above 2^53, which JSON does not keep; send a string`);
  const text = JSON.stringify(value);
  return text.length > LONGEST_ATTRIBUTES
    ? refused(`attributes are longer than ${LONGEST_ATTRIBUTES / 1024} KiB`)
    : text;
}

/** Where a number stands that lost digits before it came here. */
function findUnsafe(value: unknown, path: string): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = findUnsafe(inner, `${path}.${name}`.slice(0, 200));
    if (found !== undefined) return found;
  }
  return undefined;
}
