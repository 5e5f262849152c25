import { CommanderError } from 'commander';
import { printable } from './text/printable.ts';

/** A command could not do its work; the message says why and what mends it. Ends with exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The command was called wrongly. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Explained {
  readonly exitCode: number;
  readonly message: string;
}

const STORE_MENDS = {
  busy: 'stop the process that holds it, or try again later',
  full: 'free some room on the disk and try again',
  'read-only': 'allow this user to write there, or name another folder by --data or VARVE_DATA',
  unreachable:
    'check that the database runs and that DATABASE_URL (or databaseUrl in the configuration file), --data and VARVE_DATA name the right place',
} as const;

/** Says on standard error what went wrong and returns the exit code. */
export async function reportFailure(error: unknown, debug: boolean): Promise<number> {
  // Commander has said what it had to say already.
  if (error instanceof CommanderError) return error.code === 'commander.help' ? 2 : Math.min(error.exitCode * 2, 2);
  const { exitCode, message } = await explain(error);
  process.stderr.write(`${debug && error instanceof Error ? (error.stack ?? message) : `varve: ${message}`}\n`);
  return exitCode;
}

/** The exit code and the one message for an error: never a stack trace. */
async function explain(error: unknown): Promise<Explained> {
  if (error instanceof Failure) return { exitCode: 1, message: error.message };
  if (error instanceof UsageError) return { exitCode: 2, message: error.message };
  const [{ ConfigError }, { StoreUnavailable }, { BlobError }, { Problem }, { Refusal }] = await Promise.all([
    import('../config.ts'),
    import('../store/engine.ts'),
    import('../blobs/blob-error.ts'),
    import('../http/problem.ts'),
    import('../accounts/refusal.ts'),
  ]);
  if (error instanceof ConfigError) return { exitCode: 2, message: printable(error.problems.join('\n       ')) };
  if (error instanceof StoreUnavailable) {
    return { exitCode: 1, message: `${printable(error.message)}; ${STORE_MENDS[error.reason]}` };
  }
  if (error instanceof Problem) {
    const problems = error.errors.map(({ field, problem }) => `--${field} ${problem}`);
    return { exitCode: 2, message: printable(problems.join('\n       ') || error.message) };
  }
  if (error instanceof Refusal) {
    const usage = error.kind === 'invalid';
    return {
      exitCode: usage ? 2 : 1,
      message: printable(usage ? `the ${error.field} ${error.message}` : error.message),
    };
  }
  if (error instanceof BlobError) return { exitCode: 1, message: printable(error.message) };
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: 1, message: `${printable(message)} (--debug shows where)` };
}
