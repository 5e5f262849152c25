import type { Instant } from '../domain/time.ts';
import type { JobProgress } from '../store/jobs.ts';
import { numberText, percentText } from './text/numbers.ts';
import { oneLine } from './text/printable.ts';
import { aboutText } from './text/times.ts';

/** Shows how far something is: a bar on a terminal, a line now and then elsewhere. */
export interface ProgressView extends Disposable {
  show(progress: JobProgress, now: Instant): void;
}

/** Between two lines where there is no terminal. */
const LINE_EVERY = 5_000;
const BAR_WIDTH = 24;

/** Writes to standard error, which leaves standard output to the result. */
export async function progressView(stream: NodeJS.WriteStream = process.stderr): Promise<ProgressView> {
  return stream.isTTY ? barView(stream) : lineView(stream);
}

/** `1200 of 43200 objects, 2.8 %, 812 a second, 52 s left, listing 2026-11-02`. */
export function progressText({ done, total, unit, rate, endsAt, note }: JobProgress, now: Instant): string {
  const parts = [
    total === null ? `${done} ${unit}` : `${done} of ${total} ${unit}`,
    ...(total !== null && total > 0 ? [percentText(Math.min(done / total, 1))] : []),
    ...(rate === null ? [] : [`${numberText(rate >= 10 ? Math.round(rate) : rate)} a second`]),
    ...(endsAt === null || endsAt <= now ? [] : [`${aboutText(endsAt - now)} left`]),
    ...(note === '' ? [] : [oneLine(note)]),
  ];
  return parts.join(', ');
}

function lineView(stream: NodeJS.WritableStream): ProgressView {
  let saidAt: Instant | undefined;
  let said = '';
  let held = '';
  const write = (text: string): void => {
    if (text !== said) stream.write(`${text}\n`);
    said = text;
  };
  return {
    show(progress, now) {
      held = progressText(progress, now);
      saidAt ??= now;
      if (now - saidAt < LINE_EVERY) return;
      saidAt = now;
      write(held);
    },
    // Where it stood in the end is worth a line, however soon after the last one.
    [Symbol.dispose]: () => {
      if (held !== '') write(held);
    },
  };
}

async function barView(stream: NodeJS.WriteStream): Promise<ProgressView> {
  const { default: progress } = await import('cli-progress');
  const bar = new progress.SingleBar({
    stream,
    hideCursor: true,
    format: (_options, _parameters, payload: { text?: string; ratio?: number | null }) => {
      if (payload.text === undefined) return '';
      if (payload.ratio === undefined || payload.ratio === null) return payload.text;
      const full = Math.round(payload.ratio * BAR_WIDTH);
      return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${payload.text}`;
    },
  });
  bar.start(1, 0);
  return {
    show: (latest, now) => {
      const ratio = latest.total ? Math.min(latest.done / latest.total, 1) : null;
      bar.update(ratio ?? 0, { text: progressText(latest, now), ratio });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}
