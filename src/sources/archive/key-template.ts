import { DAY, HOUR, type Instant, type Interval, isPlausibleInstant, MINUTE, SECOND } from '../../domain/time.ts';

interface Token {
  /** 0 is the year, 6 the millisecond: a template must go down this stair without leaving out a step. */
  readonly rank: number;
  readonly digits: number;
}

const TOKENS: Readonly<Record<string, Token>> = {
  yyyy: { rank: 0, digits: 4 },
  MM: { rank: 1, digits: 2 },
  dd: { rank: 2, digits: 2 },
  HH: { rank: 3, digits: 2 },
  mm: { rank: 4, digits: 2 },
  ss: { rank: 5, digits: 2 },
  SSS: { rank: 6, digits: 3 },
  unix: { rank: 5, digits: 10 },
  unixMs: { rank: 6, digits: 13 },
};

const DAY_RANK = 2;
/** The distance of two keys of templates that end at each rank from the day on. */
const RESOLUTION = [DAY, HOUR, MINUTE, SECOND, 1] as const;
const RANK_NAMES = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'] as const;

type Part = { readonly text: string } | { readonly token: string } | { readonly wildcard: true };

/**
 * The shape of an archive's keys, in which the time stands as UTC: literal text, the tokens `{yyyy} {MM} {dd} {HH} {mm} {ss}
 * {SSS} {unix} {unixMs}` and, after the last of them, `{*}` for any text without a slash. Keys sort as their times do,
 * because the tokens run from coarse to fine and a listing is sorted; so it can begin at any time.
 */
export class KeyTemplate {
  readonly text: string;
  /** Milliseconds that keys can tell apart. */
  readonly resolution: number;
  /** The literal text that all keys begin with. */
  readonly prefix: string;
  readonly #parts: readonly Part[];
  readonly #pattern: RegExp;

  /** Throws a RangeError that says what is wrong with the template. */
  constructor(text: string) {
    this.text = text;
    this.#parts = split(text);
    this.resolution = RESOLUTION[finestRank(this.#parts, text) - DAY_RANK] as number;
    const [first] = this.#parts;
    this.prefix = first && 'text' in first ? first.text : '';
    this.#pattern = patternOf(this.#parts);
  }

  /** The instant in a key, or undefined for a key of another shape or of a time that does not exist. */
  parse(key: string): Instant | undefined {
    const groups = this.#pattern.exec(key)?.groups;
    if (!groups) return undefined;
    const instant = instantOf(groups);
    if (instant === undefined || !isPlausibleInstant(instant)) return undefined;
    // Whatever the groups say twice, or beyond the calendar, must come out of the instant again.
    for (const name of Object.keys(groups)) {
      if (groups[name] !== renderToken(name, instant)) return undefined;
    }
    return instant;
  }

  /** The key of an instant; wildcards become the given text. */
  render(instant: Instant, wildcard = ''): string {
    return this.#renderParts(this.#parts, instant, wildcard);
  }

  /**
   * Where a listing begins and ends that holds every key of a range of time. It may hold a few keys from just outside: what
   * `parse` says decides.
   */
  bounds({ from, to }: Interval): { readonly startAfter: string; readonly before: string } {
    const first = this.#leastKey(from);
    // A key may be nothing but the time, and listings leave out the key they start after: so one step below the last digit.
    const startAfter = first.slice(0, -1) + String.fromCharCode(first.charCodeAt(first.length - 1) - 1);
    return { startAfter, before: this.#leastKey(to + this.resolution - 1) };
  }

  /** What all keys of the instant's step of time begin with; no later key sorts before it, no earlier one after it. */
  #leastKey(instant: Instant): string {
    const end = this.#parts.findLastIndex((part) => 'token' in part) + 1;
    return this.#renderParts(this.#parts.slice(0, end), instant, '');
  }

  #renderParts(parts: readonly Part[], instant: Instant, wildcard: string): string {
    return parts
      .map((part) => {
        if ('text' in part) return part.text;
        return 'token' in part ? renderToken(part.token, instant) : wildcard;
      })
      .join('');
  }
}

function split(text: string): readonly Part[] {
  if (text === '' || text.startsWith('/')) throw wrong(text, 'it must be a path without a slash at its beginning');
  const parts: Part[] = [];
  for (const [piece, name] of text.matchAll(/\{([^{}]*)\}|[^{}]+|[{}]/g)) {
    if (piece === '{' || piece === '}') throw wrong(text, 'a brace has no partner');
    if (name === undefined) parts.push({ text: piece });
    else if (name === '*') parts.push({ wildcard: true });
    else if (name in TOKENS) parts.push({ token: name });
    else throw wrong(text, `{${name}} is not known; there are {${Object.keys(TOKENS).join('} {')}} {*}`);
  }
  return parts;
}

/** Walks the tokens down the stair of ranks; throws where a step is left out or taken too late. */
function finestRank(parts: readonly Part[], text: string): number {
  let reached = -1;
  for (const [index, part] of parts.entries()) {
    if ('wildcard' in part && parts.slice(index).some((later) => 'token' in later)) {
      throw wrong(text, 'keys are not sorted by time where {*} stands before a part of the time');
    }
    if (!('token' in part)) continue;
    const { rank } = TOKENS[part.token] as Token;
    // Epoch stamps hold all coarser parts of the time.
    if (part.token.startsWith('unix')) reached = Math.max(reached, rank);
    else if (rank === reached + 1) reached = rank;
    else if (rank > reached) {
      throw wrong(
        text,
        `{${part.token}} needs the ${RANK_NAMES[rank - 1]} before it: keys must run from coarse to fine`,
      );
    }
  }
  if (reached < 0) throw wrong(text, 'it holds no time; it needs at least {yyyy}{MM}{dd}, {unix} or {unixMs}');
  if (reached < DAY_RANK) throw wrong(text, 'the time must go down to the day at least');
  return reached;
}

function patternOf(parts: readonly Part[]): RegExp {
  const seen = new Set<string>();
  const source = parts.map((part) => {
    if ('text' in part) return part.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if ('wildcard' in part) return '[^/]*';
    if (seen.has(part.token)) return `\\k<${part.token}>`;
    seen.add(part.token);
    return `(?<${part.token}>\\d{${(TOKENS[part.token] as Token).digits}})`;
  });
  return new RegExp(`^${source.join('')}$`);
}

function instantOf(groups: Readonly<Record<string, string | undefined>>): Instant | undefined {
  const { yyyy, MM = '01', dd = '01', HH = '00', mm = '00', ss = '00', SSS = '000', unix, unixMs } = groups;
  if (unixMs !== undefined) return Number(unixMs);
  if (unix !== undefined) return Number(unix) * SECOND + Number(SSS);
  return Date.parse(`${yyyy}-${MM}-${dd}T${HH}:${mm}:${ss}.${SSS}Z`);
}

function renderToken(name: string, instant: Instant): string {
  const { digits } = TOKENS[name] as Token;
  return String(tokenValue(name, instant)).padStart(digits, '0');
}

function tokenValue(name: string, instant: Instant): number {
  const date = new Date(instant);
  switch (name) {
    case 'yyyy':
      return date.getUTCFullYear();
    case 'MM':
      return date.getUTCMonth() + 1;
    case 'dd':
      return date.getUTCDate();
    case 'HH':
      return date.getUTCHours();
    case 'mm':
      return date.getUTCMinutes();
    case 'ss':
      return date.getUTCSeconds();
    case 'SSS':
      return date.getUTCMilliseconds();
    case 'unix':
      return Math.floor(instant / SECOND);
    default:
      return instant;
  }
}

const wrong = (text: string, problem: string): RangeError =>
  new RangeError(`key template ${JSON.stringify(text)}: ${problem}`);
