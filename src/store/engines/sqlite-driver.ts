import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

const STATEMENT_LIMIT = 500;

/** One SQLite connection with its prepared statements. */
export class SqliteConnection implements DatabaseConnection {
  readonly handle: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, pragmas: string, busyTimeout: number) {
    this.handle = new DatabaseSync(path, { timeout: busyTimeout });
    this.handle.exec(pragmas);
  }

  /** The prepared statement of a text, from a cache: preparing costs more than running a small query. */
  prepare(text: string): StatementSync {
    const known = this.#statements.get(text);
    if (known) return known;
    if (this.#statements.size >= STATEMENT_LIMIT)
      this.#statements.delete(this.#statements.keys().next().value as string);
    const statement = this.handle.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const statement = this.prepare(sql);
    const values = parameters as readonly SQLInputValue[];
    if (statement.columns().length > 0) return { rows: statement.all(...values) as Row[] };
    const { changes, lastInsertRowid } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  async *streamQuery<Row>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    for (const row of this.prepare(sql).iterate(...(parameters as readonly SQLInputValue[])))
      yield { rows: [row as Row] };
  }

  close(): void {
    this.#statements.clear();
    this.handle.close();
  }
}

/** Each query runs to its end before the next can begin, so Kysely need not queue them one behind the other. */
class SynchronousAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** A Kysely dialect over one connection. Transactions are begun by the engine, which knows how to wait for its turn. */
export function sqliteDialect(connection: SqliteConnection): Dialect {
  const refuse = (): never => {
    throw new Error('transactions go through Engine.write');
  };
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: async () => refuse(),
    commitTransaction: async () => refuse(),
    rollbackTransaction: async () => refuse(),
    releaseConnection: async () => {},
    destroy: async () => connection.close(),
  };
  return {
    createAdapter: () => new SynchronousAdapter(),
    createDriver: () => driver,
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}
