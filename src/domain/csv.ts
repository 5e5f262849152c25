/** Rows as CSV (RFC 4180): fields with a comma, a quote or a line break are quoted. */
export const csv = (rows: readonly (readonly (string | number | boolean)[])[]): string =>
  rows.map((row) => row.map(field).join(',')).join('\r\n');

function field(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
