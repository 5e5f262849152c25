import { isatty } from 'node:tty';
import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Writes to standard error: lines for people on a terminal, JSON elsewhere. Secrets in known places are blotted out. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const stream =
    destination ??
    (isatty(2)
      ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname' })
      : pino.destination({ dest: 2, sync: true }));
  return pino(
    {
      level,
      redact: [
        'req.headers.authorization',
        'req.headers.cookie',
        'headers.authorization',
        '*.secretAccessKey',
        '*.password',
      ],
    },
    stream,
  );
}
