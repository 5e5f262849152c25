import { loadPushServer } from '../../config.ts';
import { nameProblem } from '../../domain/series.ts';
import type { PushReport } from '../../http/samples-contract.ts';
import { ProgressMeter } from '../../jobs/progress.ts';
import { systemClock } from '../../jobs/system-clock.ts';
import type { Format } from '../../sources/push/formats.ts';
import type { PushOptions } from '../commands/push.ts';
import { Failure, UsageError } from '../failure.ts';
import { INTERRUPTED, listenForInterruption } from '../interruption.ts';
import { print, printJson, say } from '../output.ts';
import { progressView } from '../progress.ts';
import { count } from '../text/numbers.ts';
import { oneLine } from '../text/printable.ts';
import { batchesOf, type PushBatch } from './batches.ts';
import { DeliveryLoop } from './delivery-loop.ts';
import { DryRun } from './dry-run.ts';
import { openInput, type PushInput } from './input.ts';

/** What became of the whole input. */
interface Total {
  accepted: number;
  values: number;
  readonly rejected: { readonly line: number; readonly reason: string }[];
  rejectedOmitted: number;
  ignoredFields: number;
  newSeries: number;
}

/** Rejected lines that are named; the rest is counted. */
const NAMED = 1_000;
const SHOW_EVERY = 100;
/** What is done sooner needs no bar. */
const SHOW_AFTER = 1_000;

/** Sends a file, or standard input, and says what became of each line that was not taken. */
export async function push(file: string | undefined, options: PushOptions): Promise<void> {
  const { device, metric, precision, dryRun = false, json = false } = options;
  const problem = nameProblem(metric ?? 'value', device === undefined ? {} : { device });
  if (problem !== undefined) throw new UsageError(`--metric or --device: ${problem}`);
  const { url, authorization } = await loadPushServer(options);
  const input = await openInput(file, options.format as Format | 'auto');
  const parameters = { ...(device === undefined ? {} : { device }), ...(precision === undefined ? {} : { precision }) };
  const dry = new DryRun(input.format, device, precision, systemClock);
  const loop = new DeliveryLoop({ server: url, parameters, authorization }, input.format, systemClock);
  using interruption = listenForInterruption();
  const total: Total = { accepted: 0, values: 0, rejected: [], rejectedOmitted: 0, ignoredFields: 0, newSeries: 0 };
  try {
    const batches = batchesOf(input.pieces, input.format, metric);
    await run(input, batches, total, (body) => (dryRun ? dry.read(body) : loop.send(body, interruption.signal)));
  } catch (error) {
    const stored = dryRun ? '' : storedWords(total);
    if (interruption.signal.aborted) {
      process.exitCode = INTERRUPTED;
      say(`stopped; ${stored}`);
      return;
    }
    if (error instanceof Failure && stored !== '') throw new Failure(`${error.message}; ${stored}`);
    throw error;
  }
  tell(total, dryRun ? null : url, input, json);
}

const storedWords = ({ accepted }: Total): string =>
  accepted === 0
    ? 'nothing was stored'
    : `${count(accepted, 'sample')} are stored; the same command again sends all, which stores none of them twice`;

async function run(
  input: PushInput,
  batches: AsyncIterable<PushBatch>,
  total: Total,
  send: (body: string) => Promise<PushReport> | ReturnType<DryRun['read']>,
): Promise<void> {
  const meter = new ProgressMeter(systemClock, input.bytes === null ? 'samples' : 'KB');
  using view = await progressView();
  let shownAt = systemClock.now() + SHOW_AFTER - SHOW_EVERY;
  for await (const batch of batches) {
    add(total, batch, await send(batch.body));
    const now = systemClock.now();
    if (now - shownAt < SHOW_EVERY) continue;
    shownAt = now;
    const [done, all] = input.bytes === null ? [total.accepted, null] : [input.bytesRead(), input.bytes];
    const kilobytes = (bytes: number): number => Math.round(bytes / 1_000);
    view.show(
      all === null
        ? meter.measure(done, null, '')
        : meter.measure(kilobytes(done), kilobytes(all), count(total.accepted, 'sample')),
      now,
    );
  }
}

function add(
  total: Total,
  batch: PushBatch,
  report: Awaited<ReturnType<DeliveryLoop['send']>> | ReturnType<DryRun['read']>,
): void {
  total.accepted += report.accepted;
  total.values += report.values;
  total.ignoredFields += report.ignoredFields;
  total.newSeries += report.newSeries;
  total.rejectedOmitted += report.rejectedOmitted;
  for (const { line, reason } of report.rejected) {
    if (total.rejected.length < NAMED) total.rejected.push({ line: batch.lineOf(line), reason });
    else total.rejectedOmitted++;
  }
}

function tell(total: Total, server: URL | null, { name, format }: PushInput, json: boolean): void {
  const { accepted, values, rejected, rejectedOmitted, ignoredFields, newSeries } = total;
  if (rejected.length > 0) process.exitCode = 1;
  if (json) {
    printJson({ input: name, format, server: server?.origin ?? null, ...total });
    return;
  }
  const place = format === 'json' ? 'sample' : 'line';
  for (const { line, reason } of rejected) say(`${place} ${line}: ${oneLine(reason)}`);
  if (rejectedOmitted > 0) say(`and ${rejectedOmitted} more`);
  const parts = [
    `${count(accepted, 'sample')} with ${count(values, 'number')}`,
    ...(newSeries === 0 ? [] : [`${newSeries} new series`]),
    ...(ignoredFields === 0 ? [] : [`${count(ignoredFields, 'field')} left out that are no numbers`]),
    ...(rejected.length === 0 ? [] : [`${rejected.length + rejectedOmitted} rejected`]),
  ];
  print(server === null ? `could be sent: ${parts.join(', ')}` : `sent to ${server.origin}: ${parts.join(', ')}`);
}
