import { z } from 'zod';
import type { MissingRange } from '../../domain/missing.ts';
import { standingOf } from '../../sources/push/standing.ts';
import { countSeriesBySource, listSources } from '../../store/catalog.ts';
import { orgOf } from '../access.ts';
import { type Api, problems, type Services } from '../api.ts';
import { type DeviceBody, deviceListSchema } from '../samples-contract.ts';

const GAPS = 20;

export function deviceRoutes(api: Api, { context }: Services): void {
  const { engine, history, clock } = context;

  api.get(
    '/api/devices',
    {
      config: { access: { scope: 'read' } },
      schema: {
        tags: ['samples'],
        summary: 'Who pushes samples, and how regularly',
        description:
          'A device is named by the `device` parameter of a push, else by the label `device`, else by the tag `host`.',
        querystring: z.strictObject({}),
        response: { 200: deviceListSchema, ...problems(400, 401, 403, 503) },
      },
    },
    async (request) => {
      const org = orgOf(request);
      const [known, sources, series] = await Promise.all([
        history.sources(org.number),
        listSources(engine.reader, org.number),
        countSeriesBySource(engine.reader, org.number),
      ]);
      const now = clock.now();
      const ledgers = new Map(known.map(({ source, ledger }) => [source.number, ledger]));
      // When something last arrived changes also where no sample does: the store says it, memory need not.
      const devices = sources.flatMap((source): DeviceBody[] => {
        const ledger = ledgers.get(source.number);
        if (source.kind !== 'push' || !ledger) return [];
        const { gaps, ...standing } = standingOf(source, ledger, now);
        return [
          {
            name: source.name,
            ...standing,
            lastSeenAt: source.lastAttemptAt,
            cadence: source.cadence,
            clockSkew: source.clockSkew,
            series: series.get(source.number) ?? 0,
            gaps: gaps.slice(-GAPS).map(gapBody),
            gapsOmitted: Math.max(gaps.length - GAPS, 0),
            lastError: source.lastError,
          },
        ];
      });
      return { devices };
    },
  );
}

const WORDS: Readonly<Partial<Record<MissingRange['reason'], string>>> = {
  'not-closed': 'nothing received; it may still come',
  'never-asked': 'nothing received',
};

const gapBody = ({ from, to, reason, detail }: MissingRange): DeviceBody['gaps'][number] => ({
  from,
  to,
  reason: WORDS[reason] ?? detail,
});
