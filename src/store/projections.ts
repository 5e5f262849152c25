import type { Database } from './engine.ts';

/** How far what is derived from a stream has come. */
export interface ProjectionState {
  readonly name: string;
  /** What it was built by. */
  readonly definition: string;
  /** Every event up to here is in it. */
  readonly seq: number;
  /** Items of a pair that are open; 0 for others. */
  readonly open: number;
}

export async function readProjections(database: Database, stream: number): Promise<readonly ProjectionState[]> {
  return database
    .selectFrom('projection')
    .select(['name', 'definition', 'seq', 'open'])
    .where('stream', '=', stream)
    .execute();
}

export async function writeProjection(database: Database, stream: number, state: ProjectionState): Promise<void> {
  await database
    .insertInto('projection')
    .values({ stream, ...state })
    .onConflict((conflict) => conflict.columns(['stream', 'name']).doUpdateSet({ ...state }))
    .execute();
}

export async function removeProjection(database: Database, stream: number, name: string): Promise<void> {
  await database.deleteFrom('projection').where('stream', '=', stream).where('name', '=', name).execute();
}
