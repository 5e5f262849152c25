import { SERIES_KINDS, type SeriesKind } from '../../domain/series.ts';
import type { Batch, ChannelColumns } from './batch.ts';
import { stampOf } from './stamps.ts';

const RESERVED = new Set([
  'metric',
  'device',
  'labels',
  'timestamp',
  'time',
  'value',
  'dimensions',
  'unit',
  'kind',
  'title',
]);
const TEXTS = ['metric', 'device', 'unit', 'kind', 'title'] as const;
const WHOLE = /^-?\d{16,}$/;

type Members = Readonly<Record<string, unknown>>;

/**
 * Puts one sample given as JSON into the batch, or rejects it with the reason:
 * `{metric?, device?, labels?, timestamp?, value?, dimensions?: {name: number}, unit?, kind?, title?, …}`; further members that are numbers
 * are fields. Null is no value and left out; a number written as text is a mistake and not guessed at.
 */
export function addJsonSample(batch: Batch, text: string): void {
  let parsed: unknown;
  try {
    parsed = batch.options.precision === 'ns' ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    batch.reject(`no JSON: ${(error as Error).message.slice(0, 200)}`);
    return;
  }
  const problem = addSample(batch, parsed);
  if (problem !== undefined) batch.reject(problem);
}

/** A stamp in nanoseconds has more digits than a number holds: its text is taken. */
function keepDigits(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return (key === 'timestamp' || key === 'time') && source !== undefined && WHOLE.test(source) ? source : value;
}

function addSample(batch: Batch, parsed: unknown): string | undefined {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'a sample is an object';
  const sample = parsed as Members;
  for (const name of TEXTS) {
    if (sample[name] !== undefined && sample[name] !== null && typeof sample[name] !== 'string')
      return `${name} must be a text`;
  }
  const labels = labelsOf(sample);
  if (typeof labels === 'string') return labels;
  const columns = batch.channel((sample.metric as string | null) ?? '', labels);
  if (typeof columns === 'string') return columns;
  const staged = stageFields(batch, columns, sample);
  if (staged !== undefined) return staged;
  if (batch.staged === 0) return 'no numbers: give value, dimensions or further members that are numbers';
  const given = sample.timestamp ?? sample.time ?? batch.options.now;
  if (typeof given !== 'number' && typeof given !== 'string') return 'timestamp must be a number or a text';
  const isArrival = (sample.timestamp ?? sample.time ?? null) === null;
  batch.keep(isArrival ? batch.options.now : stampOf(given, batch.options.precision), given);
  return undefined;
}

function labelsOf({ labels = {}, device }: Members): Record<string, string> | string {
  if (labels !== null && (typeof labels !== 'object' || Array.isArray(labels)))
    return 'labels must be an object of texts';
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels ?? {})) {
    if (value === null) continue;
    if (typeof value !== 'string') return `label ${name} must be a text`;
    all[name] = value;
  }
  if (typeof device === 'string') all.device = device;
  return all;
}

function stageFields(batch: Batch, columns: ChannelColumns, sample: Members): string | undefined {
  const { dimensions = null } = sample;
  if (dimensions !== null && (typeof dimensions !== 'object' || Array.isArray(dimensions)))
    return 'dimensions must be an object of numbers';
  // The first field is the one whose windows are published with the others beside it.
  const fields: [string, unknown][] = [['value', sample.value]];
  for (const [name, value] of Object.entries(sample)) {
    if (!RESERVED.has(name) && typeof value !== 'object') fields.push([name, value]);
    else if (!RESERVED.has(name) && value !== null) return `${name} must be a number; further names go into labels`;
  }
  fields.push(...Object.entries(dimensions ?? {}));
  for (const [name, value] of fields) {
    if (value === null || value === undefined) continue;
    const number = typeof value === 'boolean' ? Number(value) : value;
    if (typeof number !== 'number') {
      const mend =
        typeof value === 'string' ? `, got the text ${JSON.stringify(value.slice(0, 40))}; texts go into labels` : '';
      return `${name} must be a number${mend}`;
    }
    if (!Number.isFinite(number)) return `${name} is not a finite number`;
    const column = columns.column(name);
    if (typeof column === 'string') return column;
    if (name === 'value') {
      const told = describe(column.field.description, sample);
      if (typeof told === 'string') return told;
      if (told !== column.field.description) column.field.description = told;
    }
    batch.stage(column, number);
  }
  return undefined;
}

type Described = { readonly unit: string; readonly title: string; readonly kind: SeriesKind };

/** What a sample says of its series; the same object when it says nothing new. */
function describe<Description extends Described>(description: Description, sample: Members): Description | string {
  const { unit, title, kind } = sample as { unit?: string | null; title?: string | null; kind?: string | null };
  if (kind && !(SERIES_KINDS as readonly string[]).includes(kind))
    return `kind must be one of ${SERIES_KINDS.join(', ')}`;
  if ((unit?.length ?? 0) > 40) return 'unit has at most 40 characters';
  if ((title?.length ?? 0) > 200) return 'title has at most 200 characters';
  const told = {
    unit: unit ?? description.unit,
    title: title ?? description.title,
    kind: (kind ?? description.kind) as SeriesKind,
  };
  const isNews = told.unit !== description.unit || told.title !== description.title || told.kind !== description.kind;
  return isNews ? { ...description, ...told } : description;
}
