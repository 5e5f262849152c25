import type { Batch, ChannelColumns } from './batch.ts';
import { mappedLabel, mappedMetric } from './channels.ts';
import { BodyProblem, type SampleParser } from './parser.ts';
import { stampOf } from './stamps.ts';

const LONGEST_CELL = 64 * 1024;
const SEPARATORS = [',', ';', '\t'];
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

type Role =
  | { readonly kind: 'time' | 'metric' | 'device' }
  | { readonly kind: 'label' | 'field'; readonly name: string };

/**
 * Comma-separated values (RFC 4180; semicolons and tabs too) whose first row names the columns: `timestamp` or `time`, `metric`, `device`, labels as
 * `label:name`, and every other column is a field. Empty cells are no values. A row is a line.
 */
export class CsvParser implements SampleParser {
  readonly #batch: Batch;
  #roles: readonly Role[] | undefined;
  #separator = ',';
  #cells: string[] = [];
  #cell = '';
  #inQuotes = false;
  #wasQuoted = false;
  #isFirst = true;

  constructor(batch: Batch) {
    this.#batch = batch;
  }

  write(given: string): void {
    const text = this.#isFirst && given.startsWith('\uFEFF') ? given.slice(1) : given;
    this.#isFirst = this.#isFirst && given === '';
    let start = 0;
    for (let index = 0; index < text.length; index++) {
      const character = text[index] as string;
      if (this.#inQuotes) {
        if (character !== '"') continue;
        this.#cell += text.slice(start, index);
        start = index + 1;
        this.#inQuotes = false;
      } else if (character === '"') {
        // A quotation mark right after a closing one stands for itself.
        this.#cell += this.#wasQuoted && start === index ? '"' : text.slice(start, index);
        start = index + 1;
        this.#inQuotes = true;
        this.#wasQuoted = true;
      } else if (character === '\n') {
        this.#endRow(text.slice(start, index));
        start = index + 1;
      } else if (this.#roles === undefined ? SEPARATORS.includes(character) : character === this.#separator) {
        if (this.#roles === undefined && this.#cells.length === 0) this.#separator = character;
        if (character !== this.#separator) continue;
        this.#endCell(text.slice(start, index));
        start = index + 1;
      }
    }
    this.#cell += text.slice(start);
    if (this.#cell.length > LONGEST_CELL) throw new BodyProblem('a cell has no end: a quotation mark is not closed');
  }

  end(): void {
    if (this.#inQuotes) throw new BodyProblem('the last cell has no end: a quotation mark is not closed');
    if (this.#cells.length > 0 || this.#cell !== '') this.#endRow('');
    if (this.#roles === undefined) throw new BodyProblem('the first row must name the columns');
  }

  #endCell(tail: string): void {
    const cell = this.#cell + tail;
    this.#cells.push(this.#wasQuoted ? cell : cell.trim());
    this.#cell = '';
    this.#wasQuoted = false;
  }

  #endRow(tail: string): void {
    this.#endCell(tail.endsWith('\r') ? tail.slice(0, -1) : tail);
    const cells = this.#cells;
    this.#cells = [];
    this.#batch.line++;
    if (cells.length === 1 && cells[0] === '') return;
    if (this.#roles === undefined) this.#roles = rolesOf(cells);
    else {
      const problem = this.#row(this.#roles, cells);
      if (problem !== undefined) this.#batch.reject(problem);
    }
  }

  #row(roles: readonly Role[], cells: readonly string[]): string | undefined {
    if (cells.length !== roles.length) return `${cells.length} cells, and the first row names ${roles.length} columns`;
    const batch = this.#batch;
    let metric = '';
    let stamp = '';
    const labels: Record<string, string> = {};
    for (const [index, role] of roles.entries()) {
      const cell = cells[index] as string;
      if (role.kind === 'metric') metric = cell;
      else if (role.kind === 'time') stamp = cell;
      else if (cell !== '' && role.kind === 'device') labels.device = cell;
      else if (cell !== '' && role.kind === 'label') labels[role.name] = cell;
    }
    const columns = batch.channel(metric === '' ? '' : mappedMetric(metric), labels);
    if (typeof columns === 'string') return columns;
    const problem = stageCells(batch, columns, roles, cells);
    if (problem !== undefined) return problem;
    if (batch.staged === 0) return undefined;
    const { now, precision } = batch.options;
    if (stamp === '') batch.keep(now, now);
    else batch.keep(stampOf(stamp, precision), stamp);
    return undefined;
  }
}

function rolesOf(names: readonly string[]): readonly Role[] {
  const roles = names.map((name): Role => {
    if (/^(?:timestamp|time)$/i.test(name)) return { kind: 'time' };
    if (/^(?:metric|device)$/i.test(name)) return { kind: name.toLowerCase() as 'metric' | 'device' };
    if (name.startsWith('label:')) return { kind: 'label', name: mappedLabel(name.slice('label:'.length)) };
    if (name === '') throw new BodyProblem('the first row names the columns, and one of them has no name');
    return { kind: 'field', name: mappedMetric(name) };
  });
  if (!roles.some(({ kind }) => kind === 'field')) throw new BodyProblem('the first row names no column with numbers');
  const twice = roles.find((role, index) => roles.findIndex((other) => sameRole(role, other)) !== index);
  if (twice) throw new BodyProblem(`the first row names ${'name' in twice ? twice.name : twice.kind} twice`);
  return roles;
}

const sameRole = (a: Role, b: Role): boolean =>
  a.kind === b.kind && ('name' in a ? a.name : '') === ('name' in b ? b.name : '');

function stageCells(
  batch: Batch,
  columns: ChannelColumns,
  roles: readonly Role[],
  cells: readonly string[],
): string | undefined {
  for (const [index, role] of roles.entries()) {
    if (role.kind !== 'field') continue;
    const cell = (cells[index] as string).trim();
    if (cell === '') continue;
    const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
    if (!Number.isFinite(value)) return `${role.name} must be a number, got ${JSON.stringify(cell.slice(0, 40))}`;
    const column = columns.column(role.name);
    if (typeof column === 'string') return column;
    batch.stage(column, value);
  }
  return undefined;
}
