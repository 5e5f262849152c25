/** A row of a foreign table; whole numbers of 64 bits come as bigint or text, never rounded. */
export type ForeignRow = Readonly<Record<string, unknown>>;

/** A table of another database, read in the order of one of its columns. */
export interface RowSource extends AsyncDisposable {
  /** Names it among the imports of an org, without a secret. */
  readonly name: string;
  columns(): Promise<readonly string[]>;
  count(order: string, after: string | null): Promise<number>;
  /** Rows behind a key, in the order of `order`. */
  read(order: string, after: string | null, limit: number): Promise<readonly ForeignRow[]>;
}

/** Quotes a name for SQL, as both engines do. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
