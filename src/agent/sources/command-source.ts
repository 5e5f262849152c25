import { formatDuration } from '../../domain/time.ts';
import { readOutput } from '../reading-parser.ts';
import { runCommand } from './command.ts';
import { type AgentSource, pause, type SourceFormat } from './source.ts';

export interface CommandSettings extends SourceFormat {
  readonly command: string;
  /** Milliseconds from start to start. */
  readonly every: number;
  readonly timeout: number;
}

/**
 * Runs a command again and again and takes what it writes. One run at a time: a run that takes longer than the interval is followed by the next
 * full interval. Readings that the spool cannot take are gone, because the next run measures anew; that is said.
 */
export function commandSource({ command, every, timeout, ...format }: CommandSettings): AgentSource {
  return {
    words: `${command} every ${formatDuration(every)}`,
    async run(intake, signal) {
      const { clock } = intake;
      const started = intake.monotonic();
      while (!signal.aborted) {
        const outcome = await runCommand(command, timeout, clock, signal);
        if (signal.aborted) return;
        if ('problem' in outcome) intake.tell(`the command ${outcome.problem}`);
        else {
          const parsed = readOutput(outcome.output, format.format, format);
          const [first] = parsed.refused;
          // What the spool says of itself must not be covered by praise of the command.
          if (intake.take([parsed])) {
            intake.tell(first ? `the command's output cannot be read: ${first.reason}` : null);
          }
        }
        const passed = intake.monotonic() - started;
        await pause(clock, every - (passed % every), signal);
      }
    },
  };
}
