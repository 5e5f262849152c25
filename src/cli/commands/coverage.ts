import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import type { SourceCoverage } from '../../http/coverage.ts';
import { examples, flagsOf, optionsOf } from '../options.ts';
import { print, printJson, say } from '../output.ts';
import { addTimeOptions, type TimeOptions } from '../time-options.ts';

interface CoverageOptions extends Flags, TimeOptions {
  readonly json?: boolean;
}

const RESTATEMENTS = 200;

/** `varve coverage`: what there is and what is missing. */
export function addCoverage(program: Command): void {
  const command = program
    .command('coverage')
    .description('Say how much data there is, what is missing and why, with a calendar of days.')
    .argument('[series]', 'id, metric, or metric{label=value}; without one every source is shown');
  addTimeOptions(command)
    .option('--json', 'print JSON')
    .action((series: string | undefined, _options: unknown, self: Command) =>
      coverage(series, optionsOf<CoverageOptions>(self)),
    );
  examples(
    command,
    ['varve coverage', 'all sources'],
    ['varve coverage platform.viewers --tz America/New_York', 'one series by local days'],
    ['varve coverage --from 2026-11-01 --to 2026-12-01', 'one month'],
  );
}

async function coverage(text: string | undefined, options: CoverageOptions): Promise<void> {
  const [{ openForReading }, { withInstants }, { History }, http, { coverageText }] = await Promise.all([
    import('../open-store.ts'),
    import('../local-times.ts'),
    import('../../history/history.ts'),
    import('../../http/coverage.ts'),
    import('../text/coverage.ts'),
  ]);
  await using store = await openForReading(flagsOf(options));
  const { engine, org, clock } = store;
  const history = new History(engine, clock);
  const now = clock.now();
  const asked = withInstants(options);

  if (text === undefined) {
    const known = await history.sources(org.number);
    const sources = known.map((knowledge): SourceCoverage & { source: string } => {
      const { range, zone } = http.readCoverageQuestion(asked, knowledge, now);
      return { source: knowledge.source.name, ...http.sourceCoverage(knowledge, range, zone, now) };
    });
    if (options.json) printJson({ sources });
    else if (sources.length === 0) say('There are no sources yet.');
    else print(sources.map((body) => coverageText(body.source, body)).join('\n\n'));
    return;
  }

  const [{ findNamedSeries, seriesText }, { listRestatements }] = await Promise.all([
    import('../series-name.ts'),
    import('../../store/restatements.ts'),
  ]);
  const series = await findNamedSeries(engine.reader, org, text);
  const knowledge = await history.find(org.number, series.id);
  if (!knowledge) throw new Error(`the series ${series.id} went away`);
  const { range, zone } = http.readCoverageQuestion(asked, knowledge, now);
  const restatements = await listRestatements(engine.reader, series.number, range, RESTATEMENTS);
  const body = http.coverageBody(knowledge, range, zone, restatements, now);
  if (options.json) printJson(body);
  else print(coverageText(`${seriesText(series)}, from ${knowledge.source.name}`, body, body.restatements));
}
