import { z } from 'zod';
import type { Series } from '../../domain/series.ts';
import { MINUTE } from '../../domain/time.ts';
import type { SeriesKnowledge } from '../../history/memory.ts';
import { type Org, seriesId } from '../../store/catalog.ts';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { archivesOf, type HttpContext } from '../context.ts';
import { viewerTrendSchema } from '../contract.ts';
import { samplesParameter, text, wholeNumber, zoneParameter } from '../parameters.ts';
import { notFound } from '../problem.ts';
import { readQuestion } from '../question.ts';
import { sendAnswer } from '../send-answer.ts';
import { unknownArchive } from './sources.ts';

/** Ten years. */
const LONGEST_WINDOW = 5_256_000;

export function viewerTrendRoutes(api: Api, { context, answers }: Services): void {
  api.get(
    '/api/platform/viewer-trend',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['platform'],
        summary: 'Viewers of a platform, or of one stream, over any window',
        description:
          'No window is refused for its size. One wider than the data says so: `envelope.coverage.dataFrom` is where the data begins, and ' +
          '`envelope.missing` names what was never asked for. `averages.overall` is the sum of all samples over their count, never an ' +
          'average of averages; `averages.daily` holds the local days of `tz`.',
        querystring: z.strictObject({
          windowMinutes: wholeNumber(1, LONGEST_WINDOW, 'Length of the window in minutes, up to ten years').meta({
            example: 10080,
          }),
          stream: text(500, 'Id of one stream; all streams together when left out').optional(),
          samples: samplesParameter().optional(),
          tz: zoneParameter.optional(),
          archive: text(100, 'Name of an archive; the first one of platform snapshots when left out').optional(),
        }),
        response: { 200: viewerTrendSchema, ...problems(400, 401, 403, 404, 503) },
      },
    },
    async (request, reply) => {
      const { windowMinutes, stream, samples, tz, archive } = request.query;
      const asked = readQuestion({ samples, tz }, context.clock.now());
      const org = orgOf(request);
      const knowledge = await trendSeries(context, org, archive ?? defaultArchive(context, org), stream);
      return sendAnswer(request, reply, answers.trend(knowledge, { ...asked, window: windowMinutes * MINUTE }, stream));
    },
  );
}

function defaultArchive(context: HttpContext, org: Org): string {
  return archivesOf(context, org).find(({ isPlatform }) => isPlatform)?.name ?? 'platform';
}

async function trendSeries(
  context: HttpContext,
  org: Org,
  archive: string,
  stream: string | undefined,
): Promise<SeriesKnowledge> {
  const { history } = context;
  const [metric, labels] =
    stream === undefined ? [`${archive}.viewers`, {}] : [`${archive}.stream.viewers`, { stream }];
  const id = seriesId(org.id, metric, labels);
  const knowledge = await history.find(org.number, id);
  if (knowledge) return knowledge;
  const source = (await history.sources(org.number)).find((found) => found.source.name === archive);
  if (!source)
    throw notFound(
      unknownArchive(
        archive,
        archivesOf(context, org).map(({ name }) => name),
      ),
    );
  if (stream !== undefined) throw notFound(`archive ${archive} holds no stream with the id ${JSON.stringify(stream)}`);
  return { ...source, series: notLandedYet(id, metric, source), dirty: [] };
}

/** The total of an archive of which nothing was read yet: its trend is empty and says why, which is no error. */
const notLandedYet = (id: string, metric: string, { source }: Pick<SeriesKnowledge, 'source'>): Series => ({
  number: -1,
  id,
  sourceNumber: source.number,
  metric,
  labels: {},
  kind: 'gauge',
  unit: 'viewers',
  title: '',
  interval: source.interval,
  version: 1,
  lastAt: null,
  changes: 0,
});
