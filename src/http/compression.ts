import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Smaller bodies travel in one packet either way. */
export const LEAST_TO_COMPRESS = 1_500;

/** Off the main thread. */
export const compress: (body: string | Buffer) => Promise<Buffer> = promisify(gzip);

/** Whether a client takes gzip; `gzip;q=0` says that it does not. */
export function acceptsGzip({ headers }: IncomingMessage): boolean {
  const accepted = headers['accept-encoding'];
  if (accepted === undefined) return false;
  // One program says the same each time.
  if (accepted !== lastAccepted.header) {
    const takes = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s|,|$))/.test(String(accepted));
    lastAccepted = { header: accepted, takes };
  }
  return lastAccepted.takes;
}

let lastAccepted: { readonly header: string | readonly string[]; readonly takes: boolean } = {
  header: '',
  takes: false,
};
