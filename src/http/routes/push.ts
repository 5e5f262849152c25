import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FORMATS, type Format } from '../../sources/push/formats.ts';
import type { Report } from '../../sources/push/report.ts';
import { PRECISIONS } from '../../sources/push/stamps.ts';
import { type Api, problems, type Services } from '../api.ts';
import type { ProblemBody } from '../contract.ts';
import { text, wholeNumber } from '../parameters.ts';
import { Problem } from '../problem.ts';
import { failureProblem, streamBodies, takeBody } from '../pushed-body.ts';
import { mediaType } from '../request-checks.ts';
import { type PushReport, pushReportSchema } from '../samples-contract.ts';

const TYPES: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'text/plain': 'line',
  'text/csv': 'csv',
};
/** What curl says of every body unless told otherwise. */
const FORM = 'application/x-www-form-urlencoded';
const NONE = '';

const DESCRIPTION =
  'JSON (a list, `{"samples": […]}`, or one sample), one JSON sample a line, InfluxDB line protocol, or CSV whose first row names the columns; ' +
  'by `Content-Type` or `format`. Packed with gzip, deflate or zstd by `Content-Encoding`. At most 50 MiB unpacked. ' +
  'Answered when the samples are durable. Good lines are kept whatever the others hold; the same sample again changes nothing. ' +
  '`429` and `503` mean: send it again after `Retry-After` seconds.';

const parameters = z
  .strictObject({
    format: z.enum(FORMATS).describe('What the body is, when `Content-Type` does not say it'),
    precision: z
      .enum(PRECISIONS)
      .describe('Unit of the stamps; nanoseconds for line protocol and milliseconds for the others when left out'),
    device: text(200, 'Names the sender of every sample; else its label `device`, else `host`').meta({
      example: 'pi-1',
    }),
    sentAt: wholeNumber(
      0,
      253_402_300_799_999,
      "The sender's clock when it sent this, in epoch milliseconds: tells how wrong it goes",
    ),
  })
  .partial();

type Parameters = z.infer<typeof parameters>;

export function pushRoutes(api: Api, { context }: Services): void {
  const { ingest } = context;
  api.register((instance, _options, done) => {
    streamBodies(instance);
    for (const url of ['/api/samples', '/api/points']) {
      (instance as unknown as Api).post(
        url,
        {
          config: {
            access: { scope: 'ingest' },
            accepts: [...Object.keys(TYPES), FORM, NONE],
            streamed: true,
          },
          schema: {
            tags: ['samples'],
            summary: url === '/api/samples' ? 'Push samples' : 'The same under another name',
            description: DESCRIPTION,
            querystring: parameters,
            consumes: Object.keys(TYPES),
            body: z.any().describe('As the guide on pushing tells'),
            response: { 200: pushReportSchema, ...problems(400, 401, 403, 408, 413, 415, 429, 503) },
          },
        },
        async (request, reply) => {
          reply.header('cache-control', 'no-store');
          return push(request, request.query);
        },
      );
    }
    done();
  });

  async function push(request: FastifyRequest, query: Parameters): Promise<PushReport> {
    const { device, precision, sentAt } = query;
    const { report, failure } = await takeBody(ingest, request, {
      format: formatOf(request, query),
      precision,
      device,
      sentAt,
    });
    const [first] = report.rejected;
    if (failure !== null) throw new PushProblem(failureProblem(failure, report.accepted), report);
    if (report.accepted === 0 && first) {
      throw new PushProblem(new Problem(400, `no sample was stored; line ${first.line}: ${first.reason}`), report);
    }
    return { ...report, rejected: [...report.rejected] };
  }
}

/** A problem that also says what became of each line. */
class PushProblem extends Problem {
  readonly #report: Report;

  constructor({ statusCode, message, headers }: Problem, report: Report) {
    super(statusCode, message, { headers });
    this.#report = report;
  }

  override toBody(instance?: string): ProblemBody & { readonly report: Report } {
    return { ...super.toBody(instance), report: this.#report };
  }
}

function formatOf(request: FastifyRequest, { format }: Parameters): Format | undefined {
  if (format !== undefined) return format;
  const type = mediaType(request.raw.headers['content-type']);
  if (type === FORM)
    throw new Problem(
      415,
      `say what the body is, by Content-Type or by format=${FORMATS.join('|')}; ${FORM} does not tell`,
    );
  return TYPES[type];
}
