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

const AT_ONCE = 500;

/** A field of a channel and the number of its series. */
export interface NewField {
  readonly channel: string;
  readonly name: string;
  readonly series: number;
}

/**
 * Records which fields are measured together. The first field ever seen of a channel gets place 0, the others the places after it, in the order
 * given. Call it while the channel's source is held, so that two writers do not give one place twice.
 */
export async function recordFields(database: Database, org: number, fields: readonly NewField[]): Promise<void> {
  const byChannel = [...Map.groupBy(fields, (field) => field.channel)];
  for (let start = 0; start < byChannel.length; start += AT_ONCE) {
    const part = byChannel.slice(start, start + AT_ONCE);
    const names = part.map(([channel]) => channel);
    const stored = await database
      .selectFrom('field')
      .select(['channel', 'name', 'place'])
      .where('org', '=', org)
      .where('channel', 'in', names)
      .execute();
    const known = Map.groupBy(stored, ({ channel }) => channel);
    const rows = part.flatMap(([channel, ofChannel]) => {
      const before = known.get(channel) ?? [];
      const isStored = new Set(before.map(({ name }) => name));
      const next = before.reduce((place, row) => Math.max(place, row.place + 1), 0);
      const added = ofChannel.filter(({ name }) => !isStored.has(name));
      return added.map(({ name, series }, index) => ({ org, channel, name, series, place: next + index }));
    });
    for (let row = 0; row < rows.length; row += AT_ONCE) {
      const values = rows.slice(row, row + AT_ONCE);
      await database.insertInto('field').values(values).execute();
    }
  }
}
