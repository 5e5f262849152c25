/** As the server knows them; said here so that the help loads nothing. */
export const FORMAT_CHOICES = ['auto', 'csv', 'ndjson', 'json', 'line'] as const;
export const PRECISION_CHOICES = ['ns', 'us', 'ms', 's', 'm', 'h'] as const;

/** Formats that other endings than their names have. */
const ENDINGS: Readonly<Record<string, (typeof FORMAT_CHOICES)[number]>> = {
  csv: 'csv',
  tsv: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  lp: 'line',
  line: 'line',
};

/** The format that the name of a file tells, packed or not; undefined when it tells none. */
export const formatOfName = (name: string): (typeof FORMAT_CHOICES)[number] | undefined =>
  ENDINGS[/\.([a-z]+)$/i.exec(name.replace(/\.gz$/i, ''))?.[1]?.toLowerCase() ?? ''];
