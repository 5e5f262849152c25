import { type Command, Option } from 'commander';
import type { Flags } from '../../config.ts';
import { AGGREGATES, type Aggregate } from '../../domain/series.ts';
import { examples, flagsOf, optionsOf, wholeNumber } from '../options.ts';
import { print, printJson } from '../output.ts';
import { addTimeOptions, type TimeOptions } from '../time-options.ts';

interface QueryOptions extends Flags, TimeOptions {
  readonly window?: string;
  readonly step?: string;
  readonly samples?: number;
  readonly aggregate?: Aggregate;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** As many rows as a screen holds: a day by hours, a month by days. */
const DEFAULT_SAMPLES = 31;
/** As answers have it; said here so that the help loads nothing. */
const MOST_SAMPLES = 5_000;

/** `varve query`: the numbers of one series. */
export function addQuery(program: Command): void {
  const command = program
    .command('query')
    .description('Show a series: a sparkline, its buckets, and what the answer knows of itself.')
    .argument('<series>', 'id, metric, or metric{label=value}')
    .option('--window <length>', 'a length that ends now: 90m, 24h, 7d, 1y (24h)');
  addTimeOptions(command)
    .option('--step <length>', 'length of a bucket: 1m, 15m, 1h, 1d')
    .option('--samples <number>', `at most so many buckets (${DEFAULT_SAMPLES})`, wholeNumber(1, MOST_SAMPLES))
    .addOption(
      new Option('--aggregate <name>', 'which number to draw; by the kind of the series when left out').choices(
        AGGREGATES,
      ),
    )
    .option('--json', 'print the answer as the HTTP API gives it')
    .addOption(new Option('--csv', 'print the buckets as CSV').conflicts('json'))
    .action((series: string, _options: unknown, self: Command) => query(series, optionsOf<QueryOptions>(self)));
  examples(
    command,
    ['varve query platform.viewers --window 7d', 'the last week'],
    ["varve query 'platform.stream.viewers{stream=abc}' --step 1h", 'one stream by hours'],
    ['varve query host.cpu --from 2026-11-01 --to 2026-12-01 --tz Europe/Berlin', 'a local month by days'],
    ['varve query host.cpu --window 1h --csv > cpu.csv', 'for a spreadsheet'],
  );
}

async function query(text: string, options: QueryOptions): Promise<void> {
  const [{ openForReading }, { withInstants }, { findNamedSeries }, { History }, { readQuestion }] = await Promise.all([
    import('../open-store.ts'),
    import('../local-times.ts'),
    import('../series-name.ts'),
    import('../../history/history.ts'),
    import('../../http/question.ts'),
  ]);
  const { window, step, samples, aggregate } = options;
  await using store = await openForReading(flagsOf(options));
  const { engine, org, clock } = store;
  const asked = readQuestion({ window, step, samples, aggregate, ...withInstants(options) }, clock.now());
  const series = await findNamedSeries(engine.reader, org, text);
  const history = new History(engine, clock);
  const knowledge = await history.find(org.number, series.id);
  if (!knowledge) throw new Error(`the series ${series.id} went away`);
  const question = step === undefined && samples === undefined ? { ...asked, samples: DEFAULT_SAMPLES } : asked;
  const answer = await history.answer(knowledge, history.plan(knowledge, question));
  if (options.json) {
    const { rangeJson } = await import('../../http/answer-json.ts');
    printJson(JSON.parse(rangeJson(answer, aggregate).toString()));
    return;
  }
  const { answerCsv, answerText } = await import('../text/answer.ts');
  print(options.csv ? answerCsv(answer, aggregate) : answerText(answer, aggregate));
}
