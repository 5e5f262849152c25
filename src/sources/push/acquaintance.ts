import type { SeriesKind } from '../../domain/series.ts';
import { ensureSource, listSources, type Org, type Source, seriesId } from '../../store/catalog.ts';
import type { Database, Engine } from '../../store/engine.ts';
import type { Channel, Field } from './channels.ts';
import type { Delivery } from './delivery.ts';
import type { Device } from './device.ts';

const AT_ONCE = 500;

interface Stranger {
  readonly channel: Channel;
  readonly field: Field;
  /** Those that bring it, in their order. */
  readonly deliveries: Delivery[];
}

/**
 * Asks the store about fields that this process sees for the first time, makes sources of their devices, and refuses those that cannot have a series:
 * the limit is reached, or their name belongs to another source.
 */
export async function getAcquainted(
  engine: Engine,
  org: Org,
  deliveries: readonly Delivery[],
  mostSeries: number,
): Promise<void> {
  const strangers = new Map<Field, Stranger>();
  for (const delivery of deliveries) {
    for (const { channel, field } of delivery.part.fields) {
      if (field.isStored) continue;
      const known = strangers.get(field);
      if (known) known.deliveries.push(delivery);
      else strangers.set(field, { channel, field, deliveries: [delivery] });
    }
  }
  if (strangers.size === 0) return;
  const refused = new Set<Field>();
  const refuse = ({ field, deliveries: those }: Stranger, reason: string): void => {
    refused.add(field);
    for (const delivery of those) delivery.refused.set(field, reason);
  };
  const sources = await sourcesOf(
    engine.reader,
    org,
    [...strangers.values()].map(({ channel }) => channel.device),
  );
  for (const [device, source] of sources) if (source?.kind === 'push') device.know(source);

  const all = [...strangers.values()];
  for (const { field, channel } of all) field.id ??= seriesId(org.id, field.description.metric, channel.labels);
  const stored = await seriesById(
    engine.reader,
    org,
    all.map(({ field }) => field.id as string),
  );
  const fresh: Stranger[] = [];
  for (const stranger of all) {
    const { channel, field } = stranger;
    const source = sources.get(channel.device);
    const series = stored.get(field.id as string);
    if (source && source.kind !== 'push') {
      refuse(
        stranger,
        `the name ${channel.device.name} is that of the ${source.kind} ${source.name}; give the device another one`,
      );
    } else if (series && series.source !== source?.number) {
      refuse(
        stranger,
        `the series ${field.description.metric} with these labels belongs to another source; give it another metric or label`,
      );
    } else if (series) adopt(field, series);
    else fresh.push(stranger);
  }
  const room = fresh.length === 0 ? 0 : mostSeries - (await countPushed(engine.reader, org));
  // Two channels may name one series; it takes one place.
  const ids = new Set<string>();
  for (const stranger of fresh) {
    const id = stranger.field.id as string;
    if (ids.has(id)) continue;
    if (ids.size >= room) refuse(stranger, `the limit of ${mostSeries} series is reached`);
    else {
      ids.add(id);
      (stranger.deliveries[0] as Delivery).newSeries++;
    }
  }
  const homeless = new Set(
    all
      .filter(({ field, channel }) => channel.device.source === undefined && !refused.has(field))
      .map(({ channel }) => channel.device),
  );
  if (homeless.size === 0) return;
  const made = await engine.write(async ({ database }) => {
    const sourceOf = new Map<Device, Source>();
    for (const device of homeless) sourceOf.set(device, await ensureSource(database, org.number, describe(device)));
    return sourceOf;
  });
  for (const [device, source] of made) device.know(source);
}

const describe = ({ name }: Device): Pick<Source, 'name' | 'kind' | 'interval' | 'location'> => ({
  name,
  kind: 'push',
  interval: null,
  location: 'pushed',
});

async function sourcesOf(
  database: Database,
  org: Org,
  devices: readonly Device[],
): Promise<ReadonlyMap<Device, Source | undefined>> {
  const byName = new Map((await listSources(database, org.number)).map((source) => [source.name, source]));
  return new Map(devices.map((device) => [device, byName.get(device.name)]));
}

interface StoredSeries {
  readonly source: number;
  readonly unit: string;
  readonly title: string;
  readonly kind: string;
}

async function seriesById(
  database: Database,
  org: Org,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredSeries>> {
  const found = new Map<string, StoredSeries>();
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const rows = await database
      .selectFrom('series')
      .select(['id', 'source', 'unit', 'title', 'kind'])
      .where('org', '=', org.number)
      .where('id', 'in', ids.slice(start, start + AT_ONCE))
      .execute();
    for (const { id, ...series } of rows) found.set(id, series);
  }
  return found;
}

/** What a sample does not say of its series stays as it was said before. */
function adopt(field: Field, { unit, title, kind }: StoredSeries): void {
  const told = field.description;
  field.description = { ...told, unit: told.unit || unit, title: told.title || title, kind: kind as SeriesKind };
}

async function countPushed(database: Database, org: Org): Promise<number> {
  const { count } = await database
    .selectFrom('series')
    .innerJoin('source', 'source.number', 'series.source')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('series.org', '=', org.number)
    .where('source.kind', '=', 'push')
    .executeTakeFirstOrThrow();
  return Number(count);
}
