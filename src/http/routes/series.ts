import { z } from 'zod';
import { canonicalLabels, type Series } from '../../domain/series.ts';
import type { SeriesKnowledge } from '../../history/memory.ts';
import {
  countSeries,
  listSeries,
  listSources,
  type Org,
  type SeriesFilter,
  type SeriesPlace,
} from '../../store/catalog.ts';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { seriesBody } from '../bodies.ts';
import type { HttpContext } from '../context.ts';
import { seriesListSchema, seriesSchema } from '../contract.ts';
import { seriesIdParameter, text, wholeNumber } from '../parameters.ts';
import { invalid, notFound } from '../problem.ts';

const DEFAULT_LIMIT = 100;

export function seriesRoutes(api: Api, { context }: Services): void {
  const { engine } = context;

  api.get(
    '/api/series',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['series'],
        summary: 'List series',
        description: 'Series by metric and labels, in pages.',
        querystring: z
          .strictObject({
            search: text(200, 'Part of the metric, the title or the labels, in any case').meta({ example: 'viewers' }),
            source: text(100, 'Name of a source'),
            metric: text(200, 'Exact metric'),
            order: z
              .enum(['name', 'recent'])
              .describe(
                '`name`: by metric and labels, the default. `recent`: the most recently sampled first, those without labels before',
              ),
            limit: wholeNumber(1, 500, `Series a page; ${DEFAULT_LIMIT} when left out`).meta({ example: 20 }),
            cursor: text(4_000, '`next` of the page before'),
          })
          .partial(),
        response: { 200: seriesListSchema, ...problems(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { search, source, metric, order = 'name', limit = DEFAULT_LIMIT, cursor } = request.query;
      const org = orgOf(request);
      const sources = await listSources(engine.reader, org.number);
      const names = new Map(sources.map(({ number, name }) => [number, name]));
      const wanted = sources.find(({ name }) => name === source);
      if (source !== undefined && !wanted) throw notFound(`there is no source named ${JSON.stringify(source)}`);
      const filter: SeriesFilter = {
        limit: limit + 1,
        order,
        ...(search === undefined ? {} : { search }),
        ...(metric === undefined ? {} : { metric }),
        ...(wanted ? { source: wanted.number } : {}),
        ...(cursor === undefined ? {} : { after: readCursor(cursor) }),
      };
      const [found, total] = await Promise.all([
        listSeries(engine.reader, org.number, filter),
        countSeries(engine.reader, org.number),
      ]);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        series: page.map((series) => seriesBody(series, names.get(series.sourceNumber) ?? '')),
        total,
        next: found.length > limit && last ? writeCursor(last) : null,
      };
    },
  );

  api.get(
    '/api/series/:id',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['series'],
        summary: 'One series',
        params: seriesIdParameter,
        querystring: z.strictObject({}),
        response: { 200: seriesSchema, ...problems(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { series, source } = await seriesOf(context, orgOf(request), request.params.id);
      return seriesBody(series, source.name);
    },
  );
}

/** What is known of a series of an org; throws a 404 that names it. */
export async function seriesOf({ history }: HttpContext, org: Org, id: string): Promise<SeriesKnowledge> {
  const knowledge = await history.find(org.number, id);
  if (!knowledge) throw notFound(`there is no series with the id ${JSON.stringify(id)}`);
  return knowledge;
}

const writeCursor = ({ metric, labels, lastAt }: Series): string =>
  Buffer.from(JSON.stringify([metric, canonicalLabels(labels), lastAt])).toString('base64url');

const cursorSchema = z.tuple([z.string(), z.string(), z.int().nullable()]);

function readCursor(cursor: string): SeriesPlace {
  try {
    const [metric, labels, lastAt] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { metric, labels, lastAt };
  } catch {
    throw invalid([{ field: 'cursor', problem: 'must be the `next` of a page, unchanged' }]);
  }
}
