import type { Batch } from './batch.ts';
import { CsvParser } from './csv.ts';
import { JsonParser, NdjsonParser } from './json.ts';
import { LineProtocolParser } from './line-protocol.ts';
import type { SampleParser } from './parser.ts';
import type { Precision } from './stamps.ts';

export const FORMATS = ['json', 'ndjson', 'line', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

const PARSERS: Readonly<Record<Format, new (batch: Batch) => SampleParser>> = {
  json: JsonParser,
  ndjson: NdjsonParser,
  line: LineProtocolParser,
  csv: CsvParser,
};

export const parserOf = (format: Format, batch: Batch): SampleParser => new PARSERS[format](batch);

/** Line protocol counts nanoseconds unless told otherwise, the others milliseconds. */
export const defaultPrecision = (format: Format): Precision => (format === 'line' ? 'ns' : 'ms');
