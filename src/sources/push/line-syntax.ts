/** The pieces of line protocol: escapes and numbers (docs.influxdata.com, "Line protocol"). */

const BACKSLASH = 92;
const COMMA = 44;
const SPACE = 32;
const MINUS = 45;
const POINT = 46;
const INTEGER = 105;
const UNSIGNED = 117;

/** Whether an odd number of backslashes stands before a place. */
export function escapedAt(text: string, place: number): boolean {
  let start = place;
  while (start > 0 && text.charCodeAt(start - 1) === BACKSLASH) start--;
  return ((place - start) & 1) === 1;
}

/** The first unescaped `mark` in a part of a text; -1 when there is none. */
export function splitAt(text: string, mark: string, start: number, end: number): number {
  let place = text.indexOf(mark, start);
  while (place > start && place < end && text.charCodeAt(place - 1) === BACKSLASH && escapedAt(text, place)) {
    place = text.indexOf(mark, place + 1);
  }
  return place < end ? place : -1;
}

/** Backslashes are marks before a comma, an equals sign or a space only, and stand for themselves elsewhere. */
export const unescapeName = (text: string): string => (text.includes('\\') ? text.replace(/\\([,= ])/g, '$1') : text);

/** Powers of ten that a floating-point number holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const EXACT_DIGITS = 15;

export const NO_NUMBER = -1;

/**
 * Reads the common numbers without cutting them out of the text: up to 15 digits and a point. Such a whole number divided by a power of ten is rounded
 * once, so the result is the one that `Number` gives. Three times as fast as cutting and converting.
 */
export class NumberReader {
  value = 0;

  /** Sets `value` and returns where the number ends; `NO_NUMBER` when it is no number of this kind. */
  read(text: string, start: number, end: number): number {
    let place = start;
    const negative = text.charCodeAt(place) === MINUS;
    if (negative) place++;
    let digits = 0;
    let fraction = 0;
    let whole = 0;
    let point = false;
    let code = 0;
    for (; place < end; place++) {
      code = text.charCodeAt(place);
      const digit = code - 48;
      if (digit >= 0 && digit <= 9) {
        whole = whole * 10 + digit;
        digits++;
        if (point) fraction++;
      } else if (code === POINT && !point) point = true;
      else break;
    }
    if (digits === 0 || digits > EXACT_DIGITS) return NO_NUMBER;
    if (place < end && code !== COMMA && code !== SPACE) {
      if (point || (code !== INTEGER && (code !== UNSIGNED || negative))) return NO_NUMBER;
      place++;
    }
    const value = fraction === 0 ? whole : whole / (POWERS[fraction] as number);
    this.value = negative ? -value : value;
    return place;
  }
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WHOLE = /^(?:-?\d{1,19}i|\d{1,20}u)$/;
const BOOLEANS: ReadonlyMap<string, number> = new Map([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((text) => [text, 1] as const),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((text) => [text, 0] as const),
]);

/** The number of any field value that is no text, and where it ends; a text says what is wrong with it. */
export function fieldNumber(text: string, start: number, end: number): { value: number; end: number } | string {
  let stop = start;
  while (stop < end && text.charCodeAt(stop) !== COMMA && text.charCodeAt(stop) !== SPACE) stop++;
  const token = text.slice(start, stop);
  const boolean = BOOLEANS.get(token);
  if (boolean !== undefined) return { value: boolean, end: stop };
  const value = WHOLE.test(token) ? Number(token.slice(0, -1)) : DECIMAL.test(token) ? Number(token) : Number.NaN;
  if (Number.isFinite(value)) return { value, end: stop };
  return token === ''
    ? 'a field has no value'
    : `${JSON.stringify(token.slice(0, 100))} is no finite number, boolean or quoted text`;
}
