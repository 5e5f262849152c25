import { expect, test } from 'vitest';
import { invite } from '../../../src/accounts/invites.ts';
import { issueToken } from '../../../src/accounts/issue-token.ts';
import { COMMAND_LINE } from '../../../src/accounts/services.ts';
import { MINUTE } from '../../../src/domain/time.ts';
import { History } from '../../../src/history/history.ts';
import { ensureSource, type Org, seriesId } from '../../../src/store/catalog.ts';
import { appendToFeed } from '../../../src/store/feed.ts';
import { enqueueJob } from '../../../src/store/jobs.ts';
import { findPublishable } from '../../../src/store/publishable-series.ts';
import { refreshJob } from '../../../src/windows/refresh-job.ts';
import { WindowBuilder } from '../../../src/windows/window-builder.ts';
import type { Ingest } from '../../../src/work/ingest.ts';
import { idOf, push } from '../../windows/windows-rig.ts';
import { landSamples, minutesUntil, NOW, useStore } from '../test-app.ts';
import { type AccountsApp, ask, bearer, openAccountsApp, pathOf, type Route } from './rig.ts';

const engine = useStore();

/** What an org holds, every name of it with a mark by which it would be seen anywhere else. */
interface Held {
  readonly org: Org;
  readonly mark: string;
  readonly ids: Readonly<
    Record<'series' | 'pushed' | 'version' | 'refresh' | 'job' | 'member' | 'invite' | 'token' | 'session', string>
  >;
  readonly cookie: string;
  readonly token: string;
  /** Cursor of its list of series. */
  readonly cursor: string;
  readonly feedCursor: number;
}

async function fill(made: AccountsApp, org: Org): Promise<Held> {
  const mark = `mark-of-${org.id}`;
  const { services, clock } = made;
  const source = await engine().write(async ({ database }) => {
    await database
      .updateTable('org')
      .set({ name: `${mark} org` })
      .where('number', '=', org.number)
      .execute();
    return ensureSource(database, org.number, {
      name: `${mark}-source`,
      kind: 'archive',
      interval: MINUTE,
      location: mark,
    });
  });
  const describe = (name: string) =>
    ({ metric: `${mark}.${name}`, labels: { secret: mark }, kind: 'gauge', unit: mark, title: mark }) as const;
  const lands = { engine: engine(), org, source, clock };
  await landSamples(lands, minutesUntil(NOW, 30), describe('one'));
  await landSamples(lands, minutesUntil(NOW, 30), describe('two'));
  const { pushed, version } = await publishPushed(made, org, mark);
  const { job, refresh } = await engine().write(async (writer) => {
    const request = { kind: `${mark}-job`, key: mark, lane: mark, input: { archive: mark } };
    const { job: queued } = await enqueueJob(writer, org.number, request, clock.now());
    await appendToFeed(writer, org.number, 'source', { source: `${mark}-source` }, clock.now());
    const wanted = refreshJob({ series: pushed, window: '1h', windows: ['1h'] });
    const asked = await enqueueJob(writer, org.number, wanted, clock.now());
    return { job: queued, refresh: asked.job };
  });
  const user = await made.userIn(org, 'owner');
  await engine().write(({ database }) =>
    database
      .updateTable('user')
      .set({ name: mark, email: `${mark}@http.example` })
      .where('number', '=', user.number)
      .execute(),
  );
  const invited = await invite(services, org, { role: 'viewer', email: `${mark}-guest@http.example` }, COMMAND_LINE);
  const wish = { name: `${mark}-token`, scopes: ['admin'], expiresAt: null } as const;
  const issued = await issueToken(services, org, wish, COMMAND_LINE);
  const cookie = await made.cookieOf(user, org);
  const page = await ask(made.app, { url: '/api/series?limit=1', headers: { cookie } });
  const bounds = await engine()
    .reader.selectFrom('feed')
    .select(({ fn }) => fn.max('seq').as('last'))
    .executeTakeFirst();
  return {
    org,
    mark,
    ids: {
      series: seriesId(org.id, `${mark}.one`, { secret: mark }),
      pushed,
      version,
      refresh: refresh.id,
      job: job.id,
      member: user.id,
      invite: invited.link.id,
      token: issued.token.id,
      session: cookie.slice('varve='.length).split('_', 1)[0] ?? '',
    },
    cookie,
    token: issued.text,
    cursor: JSON.parse(page.body).next as string,
    feedCursor: Number(bounds?.last) - 2,
  };
}

/** A device of the org with a published window: its series and the version. */
async function publishPushed({ clock, blobs }: AccountsApp, org: Org, mark: string) {
  const source = await engine().write(({ database }) =>
    ensureSource(database, org.number, { name: `${mark}.device`, kind: 'push', interval: null, location: 'pushed' }),
  );
  const metric = `${mark}.pushed`;
  await push({ engine: engine(), org, source, clock }, { [metric]: new Map([[NOW - MINUTE, 1]]) });
  const pushed = idOf({ org }, metric);
  const series = await findPublishable(engine().reader, org.number, pushed);
  if (!series) throw new Error('it was pushed');
  const history = new History(engine(), clock);
  const builder = new WindowBuilder({ engine: engine(), history, blobs, clock, owner: mark, onError: () => {} });
  const outcome = await builder.build({ series, window: '1h', granularities: [20] });
  if (outcome.state !== 'published' || outcome.versionId === null) throw new Error('it is published');
  return { pushed, version: outcome.versionId };
}

interface Attack {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  /** Must not be found. */
  readonly isRefused?: true;
  /** What the answer may say again, because it was asked for. */
  readonly echo?: string;
}

/** How each route is asked for what another org holds. A route that takes anything and is not in here fails the test. */
const ATTACKS: Readonly<Record<string, (theirs: Held) => Attack | readonly Attack[]>> = {
  'GET /api/platform/viewer-trend': ({ mark }) => ({ query: `windowMinutes=60&archive=${mark}-source&stream=${mark}` }),
  'GET /api/series': ({ cursor }) => ({ query: `cursor=${cursor}&limit=500` }),
  'GET /api/series/:id': ({ ids }) => ({ params: { id: ids.series } }),
  'GET /api/series/:id/range': ({ ids }) => ({ params: { id: ids.series }, query: 'window=1h' }),
  'GET /api/series/:id/coverage': ({ ids }) => ({ params: { id: ids.series } }),
  'POST /api/series/query': ({ ids }) => ({ body: { series: [ids.series], window: '1h' } }),
  'POST /api/archives/:name/backfill': ({ mark }) => ({ params: { name: `${mark}-source` }, body: {} }),
  'GET /api/jobs/:id': ({ ids }) => ({ params: { id: ids.job } }),
  'POST /api/jobs/:id/cancel': ({ ids }) => ({ params: { id: ids.job }, body: {} }),
  'GET /api/samples/latest': ({ ids, mark }) =>
    [
      ...[ids.series, ids.pushed].flatMap((id) =>
        ['', '&samples=7', '&fresh=true', '&maxStale=0'].map((more) => ({ query: `series=${id}&window=1h${more}` })),
      ),
      { query: `metric=${mark}.pushed&device=attic&window=1h`, echo: `${mark}.pushed` },
      { query: `device=${mark}.device`, echo: `${mark}.device` },
      { query: `window=1h&samples=20&versionId=${ids.version}` },
      { query: `series=${ids.pushed}&window=1h&samples=20&versionId=${ids.version}` },
    ].map((attack) => ({ ...attack, isRefused: true })),
  'POST /api/samples/refresh': ({ ids, mark }) => [
    { body: { series: ids.pushed, window: '1h' }, isRefused: true },
    { body: { metric: `${mark}.pushed`, device: 'attic' }, isRefused: true, echo: `${mark}.pushed` },
  ],
  'GET /api/samples/refresh/:id': ({ ids }) => [{ params: { id: ids.refresh } }, { params: { id: ids.job } }],
  'GET /api/feed': ({ feedCursor }) => ({ query: `after=${feedCursor}` }),
  'DELETE /api/sessions/:id': ({ ids }) => ({ params: { id: ids.session } }),
  'PUT /api/session/org': ({ org }) => ({ body: { org: org.id } }),
  'PATCH /api/members/:id': ({ ids }) => ({ params: { id: ids.member }, body: { role: 'viewer' } }),
  'DELETE /api/members/:id': ({ ids }) => ({ params: { id: ids.member } }),
  'DELETE /api/invites/:id': ({ ids }) => ({ params: { id: ids.invite } }),
  'DELETE /api/tokens/:id': ({ ids }) => ({ params: { id: ids.token } }),
  'GET /api/audit': () => ({ query: 'limit=500' }),
};

/** They end the session of whoever asks, and are tried last. */
const LAST = ['DELETE /api/session', 'DELETE /api/sessions'];

const nameOf = ({ method, url }: Route): string => `${method} ${url}`;

/** Everything of an org as it lies in the store. */
async function rowsOf({ org, ids }: Held): Promise<string> {
  const { reader } = engine();
  const of = async (table: 'source' | 'series' | 'job' | 'membership' | 'token' | 'one_time_link' | 'audit') =>
    reader.selectFrom(table).selectAll().where('org', '=', org.number).execute();
  return JSON.stringify([
    await Promise.all((['source', 'series', 'job', 'membership', 'token', 'one_time_link', 'audit'] as const).map(of)),
    await reader.selectFrom('org').selectAll().where('number', '=', org.number).execute(),
    await reader.selectFrom('session').selectAll().where('id', '=', ids.session).execute(),
  ]);
}

test.each(['session', 'token'] as const)(
  'nothing of one org is seen or changed from another, by any route with a %s',
  async (by) => {
    const takenFor: Org[] = [];
    const ingest: Ingest = {
      take: ({ org, stream }) => {
        takenFor.push(org);
        stream.resume();
        return undefined;
      },
      status: { running: true, restarts: 0, lastError: null },
    };
    const made = await openAccountsApp(engine(), {}, { ingest });
    const held = [await fill(made, made.org), await fill(made, await made.otherOrg())] as const;
    for (const [mine, theirs] of [
      [held[0], held[1]],
      [held[1], held[0]],
    ] as const) {
      const before = await rowsOf(theirs);
      const credential = by === 'session' ? { cookie: mine.cookie } : bearer(mine.token);
      const last = (route: Route): number => Number(LAST.includes(nameOf(route)));
      for (const route of made.routes.toSorted((left, right) => last(left) - last(right))) {
        const takesIds = route.url.includes(':');
        for (const attack of [ATTACKS[nameOf(route)]?.(theirs) ?? {}].flat()) {
          if (takesIds && route.access !== 'public') {
            expect(
              attack.params,
              `${nameOf(route)}: say in ATTACKS how it is asked for what another org holds`,
            ).toBeDefined();
          }
          for (const headers of [credential, { ...credential, 'x-varve-org': theirs.org.id }]) {
            const answered = await ask(made.app, {
              method: route.method as 'GET',
              url: `${pathOf(route, attack.params)}${attack.query ? `?${attack.query}` : ''}`,
              headers,
              ...(attack.body === undefined ? {} : { payload: JSON.stringify(attack.body) }),
            });
            const where = `${nameOf(route)} ${attack.query ?? ''}: ${answered.status} ${answered.body.slice(0, 300)}`;
            const asked = attack.params ? Object.values(attack.params).join() : '\0';
            const shown = answered.body.replaceAll(asked, '').replaceAll(attack.echo ?? '\0', '');
            expect(shown.includes(`${theirs.mark}.`) || shown.includes(`${theirs.mark}@`), where).toBe(false);
            expect(shown.includes(`${theirs.mark} org`), where).toBe(false);
            const isToBeRefused = (takesIds && route.access !== 'public') || attack.isRefused === true;
            if (isToBeRefused) expect([401, 403, 404], where).toContain(answered.status);
          }
        }
      }
      // What was pushed went into the org of whoever pushed it, by each of the four ways.
      expect(takenFor.splice(0).map(({ id }) => id)).toEqual(Array.from({ length: 4 }, () => mine.org.id));
      expect(await rowsOf(theirs)).toBe(before);
      // The attacks of a session ended it; the way back needs a new one.
      if (by === 'session') expect((await ask(made.app, { url: '/api/me', headers: credential })).status).toBe(401);
    }
  },
  60_000,
);

test('each org sees its own', async () => {
  const made = await openAccountsApp(engine());
  const held = [await fill(made, made.org), await fill(made, await made.otherOrg())] as const;
  for (const mine of held) {
    for (const headers of [{ cookie: mine.cookie }, bearer(mine.token)]) {
      const seen = async (url: string) =>
        (await ask(made.app, { url, headers: headers as Record<string, string> })).body;
      expect(await seen(`/api/series/${mine.ids.series}/range?window=1h`)).toContain('"totalSamples":30');
      for (const url of [
        '/api/series',
        '/api/sources',
        '/api/devices',
        '/api/windows',
        '/api/samples/latest',
        '/api/jobs',
        '/api/members',
        '/api/invites',
        '/api/tokens',
      ]) {
        expect(await seen(url), url).toContain(mine.mark);
      }
      expect(await seen(`/api/jobs/${mine.ids.job}`)).toContain(mine.mark);
      expect(await seen('/api/audit')).toContain('token.created');
    }
  }
});

test('archives of the configuration belong to the org of the installation', async () => {
  const made = await openAccountsApp(engine());
  const other = await made.otherOrg();
  const backfill = async (org: Org) =>
    (
      await ask(made.app, {
        method: 'POST',
        url: '/api/archives/platform/backfill',
        headers: { cookie: await made.cookieOf(await made.userIn(org, 'owner')) },
      })
    ).status;
  expect([await backfill(made.org), await backfill(other)]).toEqual([202, 404]);
});

test('the same name in two orgs is two series', async () => {
  const made = await openAccountsApp(engine());
  const other = await made.otherOrg();
  const source = await engine().write(({ database }) =>
    ensureSource(database, other.number, { name: 'platform', kind: 'archive', interval: MINUTE, location: 'x' }),
  );
  await landSamples(made, minutesUntil(NOW, 5));
  await landSamples({ ...made, org: other, source }, minutesUntil(NOW, 9));
  const total = async (org: Org) => {
    const headers = bearer(await made.tokenOf(org, 'read'));
    const url = '/api/platform/viewer-trend?windowMinutes=60';
    const bodies = [await ask(made.app, { url, headers }), await ask(made.app, { url, headers })];
    return bodies.map(({ body }) => JSON.parse(body).totalSamples as number);
  };
  expect([await total(made.org), await total(other), await total(made.org)]).toEqual([
    [5, 5],
    [9, 9],
    [5, 5],
  ]);
});
