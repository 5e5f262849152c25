import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LARGEST_BODY, type ReadingOptions } from '../sources/push/reading.ts';
import { ENCODINGS, type Encoding, type Ingest, type IngestFailure, type IngestOutcome } from '../work/ingest.ts';
import { orgOf } from './access.ts';
import { Problem } from './problem.ts';

/** Seconds after which a sender that was turned away should come again. */
const RETRY_AFTER = '2';

/** Hands the bodies of an instance's routes on as they arrive, whatever their type: none of them is gathered in memory. */
export function streamBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

/** Lets the ingest thread take the body of a request for its caller's org. Throws a `Problem` when nothing of it was or can be taken. */
export async function takeBody(
  ingest: Ingest,
  request: FastifyRequest,
  options: ReadingOptions,
): Promise<IngestOutcome> {
  const { headers } = request.raw;
  const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  if (length !== undefined && length > LARGEST_BODY) {
    throw new Problem(
      413,
      `the body has more than ${LARGEST_BODY / 2 ** 20} MiB; send it in several, nothing of it was stored`,
    );
  }
  const outcome = ingest.take({
    org: orgOf(request),
    options,
    encoding: encodingOf(headers['content-encoding']),
    length,
    stream: request.raw,
  });
  if (outcome === undefined) {
    throw new Problem(429, 'too many samples are on their way; nothing of this body was stored, send it again', {
      headers: { 'retry-after': RETRY_AFTER },
    });
  }
  const taken = await outcome;
  if (taken.failure !== null) drain(request);
  return taken;
}

function encodingOf(header: string | undefined): Encoding {
  const name = header?.trim().toLowerCase() ?? 'identity';
  const encoding = ENCODINGS.find((known) => known === (name === 'x-gzip' ? 'gzip' : name));
  if (encoding) return encoding;
  throw new Problem(
    415,
    `Content-Encoding ${JSON.stringify(name.slice(0, 40))} is not known here; use ${ENCODINGS.join(', ')}`,
  );
}

/** A client that is still sending would not see the answer; what it sends is let go, within a bound. */
function drain({ raw }: FastifyRequest): void {
  let bytes = 0;
  raw.on('data', (piece: Uint8Array) => {
    bytes += piece.length;
    if (bytes > LARGEST_BODY) raw.destroy();
  });
  raw.resume();
}

const STORE_SAYS = {
  busy: 'the store is busy',
  full: 'the store has no room left',
  'read-only': 'the store cannot be written',
  unreachable: 'the store cannot be reached',
  starting: 'the part that stores samples is starting',
} as const;

/** A failure as status and words; `stored` says what became of the body's beginning. */
export function failureProblem(failure: IngestFailure, accepted: number): Problem {
  const stored = accepted === 0 ? 'nothing of this body was stored' : `${accepted} samples of it are stored`;
  switch (failure.kind) {
    case 'unreadable':
      return new Problem(400, `${failure.message}; ${stored}`);
    case 'too-large':
      return new Problem(413, `${failure.message}; ${stored}`);
    case 'cut':
      return new Problem(408, `${failure.message}; ${stored}`);
    case 'unavailable':
      return new Problem(503, `${STORE_SAYS[failure.reason]}; ${stored}, send it again: nothing is stored twice`, {
        headers: { 'retry-after': failure.reason === 'starting' ? '1' : '5' },
      });
    case 'broken':
      return new Problem(500, `something went wrong here; ${stored}, and the log has the reason`);
  }
}
