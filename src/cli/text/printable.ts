/**
 * Text that came from outside, without anything that a terminal would take for a command: names of streams and keys of objects
 * are written by strangers. Line breaks stay.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => (character === '\n' ? '\n' : '')).trim();

/** The same on one line. */
export const oneLine = (text: string): string => printable(text).replace(/\s*\n\s*/g, ' ');

/** How many columns of a terminal a text takes: East Asian characters and pictures take two, accents none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += NO_COLUMN.test(character) ? 0 : TWO_COLUMNS.test(character) ? 2 : 1;
  return columns;
}

const NO_COLUMN = /\p{Mn}|\p{Me}/u;
const TWO_COLUMNS =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** Cuts a text to so many columns; what was cut is marked by an ellipsis. */
export function shorten(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (columnsOf(kept + character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
