import type { Database } from './engine.ts';

/** A field that is measured together with another: a series of its own that is drawn as a dimension of the first. */
export interface Dimension {
  readonly name: string;
  /** Public id of its series. */
  readonly id: string;
}

/** The other fields of the channel whose first field is this series, in the order in which they were first seen; none for any other series. */
export async function dimensionsOf(database: Database, org: number, series: number): Promise<readonly Dimension[]> {
  return database
    .selectFrom('field as own')
    .innerJoin('field as beside', (join) =>
      join.onRef('beside.org', '=', 'own.org').onRef('beside.channel', '=', 'own.channel'),
    )
    .innerJoin('series', 'series.number', 'beside.series')
    .select(['beside.name', 'series.id'])
    .where('own.org', '=', org)
    .where('own.series', '=', series)
    .where('own.place', '=', 0)
    .where('beside.place', '>', 0)
    .orderBy('beside.place')
    .execute();
}
