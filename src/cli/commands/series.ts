import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { Failure } from '../failure.ts';
import { examples, flagsOf, optionsOf, wholeNumber } from '../options.ts';
import { print, printJson, say } from '../output.ts';

interface SeriesOptions extends Flags {
  readonly source?: string;
  readonly limit: number;
  readonly json?: boolean;
}

const MOST = 100_000;

/** `varve series`: what there is to query. */
export function addSeries(program: Command): void {
  const command = program
    .command('series')
    .description('List series by metric and labels.')
    .argument('[search]', 'part of the metric, the title or the labels, in any case')
    .option('--source <name>', 'only series of this source')
    .option('--limit <number>', 'at most so many', wholeNumber(1, MOST), 100)
    .option('--json', 'print JSON')
    .action((search: string | undefined, _options: unknown, self: Command) =>
      list(search, optionsOf<SeriesOptions>(self)),
    );
  examples(
    command,
    ['varve series', 'the first 100'],
    ['varve series viewers --source platform', 'by a word and a source'],
  );
}

async function list(search: string | undefined, options: SeriesOptions): Promise<void> {
  const [{ openForReading }, { countSeries, listSeries, listSources }] = await Promise.all([
    import('../open-store.ts'),
    import('../../store/catalog.ts'),
  ]);
  await using store = await openForReading(flagsOf(options));
  const { engine, org } = store;
  const sources = await listSources(engine.reader, org.number);
  const wanted = sources.find(({ name }) => name === options.source);
  if (options.source !== undefined && !wanted) {
    const names = sources.map(({ name }) => name).join(', ');
    throw new Failure(
      `there is no source named ${JSON.stringify(options.source)}; there ${names ? `are ${names}` : 'is none yet'}`,
    );
  }
  const found = await listSeries(engine.reader, org.number, {
    limit: options.limit + 1,
    order: search === undefined ? 'recent' : 'name',
    ...(search === undefined ? {} : { search }),
    ...(wanted ? { source: wanted.number } : {}),
  });
  const shown = found.slice(0, options.limit);
  const names = new Map(sources.map(({ number, name }) => [number, name]));
  const sourceOf = (number: number): string => names.get(number) ?? '';
  if (options.json) {
    const { seriesBody } = await import('../../http/bodies.ts');
    printJson({
      series: shown.map((series) => seriesBody(series, sourceOf(series.sourceNumber))),
      total: await countSeries(engine.reader, org.number),
    });
    return;
  }
  const [{ table }, { seriesText }] = await Promise.all([import('../text/table.ts'), import('../series-name.ts')]);
  const columns = [
    { title: 'id' },
    { title: 'series', widest: 72 },
    { title: 'title', widest: 32 },
    { title: 'kind' },
    { title: 'unit' },
    { title: 'source' },
  ];
  const rows = shown.map((series) => [
    series.id,
    seriesText(series),
    series.title,
    series.kind,
    series.unit,
    sourceOf(series.sourceNumber),
  ]);
  if (rows.length > 0) print(table(columns, rows));
  if (rows.length === 0)
    say(search === undefined ? 'There are no series yet.' : `No series holds ${JSON.stringify(search)}.`);
  if (found.length > shown.length) say(`There are more than ${shown.length}; narrow the search or raise --limit.`);
}
