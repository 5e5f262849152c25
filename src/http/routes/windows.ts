import { z } from 'zod';
import { countPublications, listPublications, type Publication } from '../../store/publications.ts';
import type { PublishableSeries } from '../../store/publishable-series.ts';
import { expiryOf } from '../../windows/due.ts';
import { publishedSetOf } from '../../windows/published-set.ts';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { wholeNumber } from '../parameters.ts';
import { type PublicationBody, publicationListSchema } from '../samples-contract.ts';

const DEFAULT_LIMIT = 200;

export function windowRoutes(api: Api, { context }: Services): void {
  const { engine, windows } = context;

  api.get(
    '/api/windows',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['samples'],
        summary: 'Published windows and how their builds go',
        description: 'Failing ones first, then those whose last build took longest.',
        querystring: z
          .strictObject({ limit: wholeNumber(1, 1_000, `At most so many; ${DEFAULT_LIMIT} when left out`) })
          .partial(),
        response: { 200: publicationListSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request) => {
      const { limit = DEFAULT_LIMIT } = request.query;
      const org = orgOf(request);
      const [found, counts] = await Promise.all([
        listPublications(engine.reader, org.number, limit),
        countPublications(engine.reader, org.number),
      ]);
      const publications = found.map(({ series, publication }) =>
        publicationBody(series, publication, publishedSetOf(windows.settings, series).granularities),
      );
      return { publications, ...counts };
    },
  );
}

function publicationBody(
  {
    number: _,
    org: _org,
    orgId: _orgId,
    sourceKind: _kind,
    isPrimary: _primary,
    changes,
    ...series
  }: PublishableSeries,
  {
    window,
    versionId,
    generatedAt,
    to,
    samples,
    buildDuration,
    failingSince,
    failures,
    reason,
    changes: held,
  }: Publication,
  granularities: readonly number[],
): PublicationBody {
  return {
    series,
    window,
    granularities: [...granularities],
    versionId,
    generatedAt,
    expiresAt: generatedAt === null ? null : expiryOf(window, generatedAt, series.lastAt),
    to,
    samples,
    buildDuration,
    behind: held !== changes,
    failingSince,
    failures,
    reason,
  };
}
