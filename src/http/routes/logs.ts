import { Readable } from 'node:stream';
import { z } from 'zod';
import { checkEvent, type LogEvent } from '../../activity/event.ts';
import { eventBody, idsOf } from '../../activity/event-body.ts';
import { QueueFull } from '../../activity/landing-queue.ts';
import { toIso } from '../../domain/time.ts';
import { findEvents, listEventStreams, type StoredEvent } from '../../store/event-log.ts';
import { orgOf } from '../access.ts';
import { identitiesBody } from '../activity-bodies.ts';
import {
  type LogReportBody,
  logBatchSchema,
  logPageSchema,
  logReportSchema,
  logStreamsSchema,
} from '../activity-contract.ts';
import { expandParameter, logParameters, readLogName } from '../activity-question.ts';
import { type Api, problems, type Services } from '../api.ts';
import { type LogCursor, readCursor, writeCursor } from '../log-cursor.ts';
import { exportLog } from '../log-export.ts';
import { text, wholeNumber } from '../parameters.ts';
import { Problem } from '../problem.ts';
import { readOpenRange } from '../question.ts';

const LARGEST_BATCH = 8 * 1024 * 1024;
const DEFAULT_LIMIT = 100;
const MOST_REJECTED = 100;

export function logRoutes(api: Api, { context }: Services): void {
  const { engine, clock } = context;

  api.post(
    '/api/logs',
    {
      bodyLimit: LARGEST_BATCH,
      config: { access: { scope: 'ingest' } },
      schema: {
        tags: ['activity'],
        summary: 'Write events into logs',
        description:
          'Each event is stored once however often it is sent: an id names one event of its log. Good events are kept whatever the others ' +
          'hold. Answered when they are stored, counted and paired; `429` when too many wait.',
        querystring: z.strictObject({}),
        body: logBatchSchema,
        response: { 200: logReportSchema, ...problems(400, 401, 403, 415, 429, 503) },
      },
    },
    async (request): Promise<LogReportBody> => {
      const now = clock.now();
      const { stream, events } = request.body;
      const rejected: LogReportBody['rejected'] = [];
      const good: { index: number; event: LogEvent }[] = [];
      for (const [index, value] of events.entries()) {
        const event = checkEvent(value, now, stream);
        if ('reason' in event) rejected.push({ index, id: idOf(value), reason: event.reason });
        else good.push({ index, event });
      }
      const outcomes = await context.activity
        .land(
          orgOf(request),
          good.map(({ event }) => event),
        )
        .catch((error: unknown) => {
          if (!(error instanceof QueueFull)) throw error;
          throw new Problem(429, 'too many events wait to be stored; try again soon', {
            headers: { 'retry-after': '2' },
          });
        });
      for (const [place, outcome] of outcomes.entries()) {
        const { index, event } = good[place] as (typeof good)[number];
        if (typeof outcome !== 'string') rejected.push({ index, id: event.id, reason: outcome.reason });
      }
      rejected.sort((left, right) => left.index - right.index);
      return {
        accepted: outcomes.filter((outcome) => outcome === 'accepted').length,
        duplicates: outcomes.filter((outcome) => outcome === 'duplicate').length,
        rejected: rejected.slice(0, MOST_REJECTED),
        rejectedOmitted: Math.max(0, rejected.length - MOST_REJECTED),
      };
    },
  );

  api.get(
    '/api/logs',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['activity'],
        summary: 'Events of a log',
        description:
          'By event time, the newest first, in pages. `cursor` of the answer continues as the `Last-Event-ID` of `/api/logs/stream`. As `csv` or ' +
          '`ndjson` all events that fit are sent, without pages; in CSV a text that a spreadsheet would take for a formula begins with an apostrophe.',
        querystring: z
          .strictObject({
            ...logParameters,
            type: text(64, 'Only events of this type').meta({ example: 'accept' }),
            actor: text(128, 'Only what this one did'),
            subject: text(128, 'Only what was done to this one'),
            from: text(40, 'Start: ISO 8601 with a zone, a date (midnight UTC) or epoch milliseconds'),
            to: text(40, 'End, not included'),
            order: z.enum(['desc', 'asc']).describe('`desc`, the newest first, when left out'),
            limit: wholeNumber(1, 500, `Events a page; ${DEFAULT_LIMIT} when left out`),
            cursor: text(200, '`next` or `previous` of a page of the same question'),
            format: z.enum(['json', 'csv', 'ndjson']).describe('`json` when left out'),
            expand: expandParameter,
          })
          .partial(),
        response: { 200: logPageSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const org = orgOf(request);
      const name = readLogName(query);
      const place = { org: org.number, stream: name };
      const range = readOpenRange(query, clock.now());
      const { type, actor, subject, limit = DEFAULT_LIMIT, order = 'desc', format = 'json' } = query;
      const { stream } = await context.activity.head(org, name);
      const lastSeq = stream?.lastSeq ?? 0;
      const filter = {
        ...range,
        ...(type === undefined ? {} : { type }),
        ...(actor === undefined ? {} : { actor }),
        ...(subject === undefined ? {} : { subject }),
        ascending: order === 'asc',
      };
      const identities = query.expand === undefined ? undefined : context.activity.identities;
      if (format !== 'json') {
        const lines = exportLog(format, {
          database: engine.reader,
          place,
          stream: stream?.number,
          filter: { ...filter, upTo: lastSeq },
          identities,
        });
        reply.raw.setHeader('content-disposition', `attachment; filename="log.${format}"`);
        reply
          .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
          .header('cache-control', 'no-store');
        return reply.send(Readable.from(lines) as never);
      }
      const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor);
      const isBack = cursor?.direction === 'previous';
      const upTo = cursor && !isBack ? Math.min(cursor.upTo, lastSeq) : lastSeq;
      const found = stream
        ? await findEvents(engine.reader, stream.number, {
            ...filter,
            ascending: filter.ascending !== isBack,
            upTo,
            limit: limit + 1,
            ...(cursor ? { after: cursor } : {}),
          })
        : [];
      const hasMore = found.length > limit;
      const events = isBack ? found.slice(0, limit).reverse() : found.slice(0, limit);
      const names = identities && (await identities.resolve(place, idsOf(events)));
      return {
        items: events.map((event) => eventBody(event, name, names?.identities)),
        cursor: lastSeq,
        next: isBack || hasMore ? cursorAt(events.at(-1) ?? cursor, 'next', upTo) : null,
        previous: (isBack ? hasMore : cursor !== undefined) ? cursorAt(events[0] ?? cursor, 'previous', upTo) : null,
        ...identitiesBody(names),
      };
    },
  );

  api.get(
    '/api/logs/streams',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['activity'],
        summary: 'The logs there are, and what is paired in them',
        querystring: z.strictObject({}),
        response: { 200: logStreamsSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request) => ({
      streams: (await listEventStreams(engine.reader, orgOf(request).number)).map(
        ({ name, lastSeq, firstAt, lastAt }) => ({
          stream: name,
          events: lastSeq,
          first: firstAt === null ? null : toIso(firstAt),
          last: lastAt === null ? null : toIso(lastAt),
        }),
      ),
      pairs: context.activity.settings.pairs,
    }),
  );
}

function idOf(value: unknown): string | null {
  const id = (value as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id.slice(0, 128) : null;
}

function cursorAt(
  place: Pick<StoredEvent, 'at' | 'seq'> | undefined,
  direction: LogCursor['direction'],
  upTo: number,
): string | null {
  return place ? writeCursor({ direction, at: place.at, seq: place.seq, upTo }) : null;
}
