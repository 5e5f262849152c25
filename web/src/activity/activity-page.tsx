import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLastGood } from '../api/last-good.ts';
import { useNow } from '../live/use-now.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { ZonePicker } from '../series/zone-picker.tsx';
import { PageSkeleton } from '../shell/page-skeleton.tsx';
import { useTitle } from '../shell/use-title.ts';
import { useZone } from '../time/use-zone.ts';
import { typesByCount } from './chart-columns.ts';
import { CountsPanel } from './counts-panel.tsx';
import { LatencyPanel } from './latency-panel.tsx';
import { LiveLogPanel } from './live-log-panel.tsx';
import { ModeratorsPanel } from './moderators-panel.tsx';
import { countsQuery, latencyQuery, logStreamsQuery } from './queries.ts';
import { ACTIVITY_WINDOWS, useActivityChoice } from './use-activity-choice.ts';

/** The activity log: live, counted, timed, and by who did it. */
export default function ActivityPage() {
  useTitle('Activity');
  const [choice, choose] = useActivityChoice();
  const [zone, setZone] = useZone();
  const now = useNow(30_000);
  const streams = useQuery(logStreamsQuery());
  const [pickedPair, setPickedPair] = useState<string>();
  const stream = choice.stream ?? streams.data?.streams[0]?.stream;
  if (streams.isError && streams.data === undefined)
    return (
      <div className="pt-6">
        <ProblemNote error={streams.error} what="The logs could not be listed" onRetry={() => void streams.refetch()} />
      </div>
    );
  if (streams.data === undefined) return <PageSkeleton />;
  if (stream === undefined) return <FirstLog />;
  const pairs = streams.data.pairs.map(({ name }) => name);
  const pair = pickedPair ?? pairs[0];
  const control = 'h-8 rounded-md border border-line-strong bg-panel px-2 text-sm';
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 py-4">
        <h1 className="mr-auto text-xl font-semibold">Activity</h1>
        <select
          aria-label="Log"
          value={stream}
          onChange={(change) => choose({ stream: change.target.value })}
          className={`${control} max-w-60 font-mono text-xs`}
        >
          {[...new Set([stream, ...streams.data.streams.map((one) => one.stream)])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        {pairs.length > 1 && (
          <select
            aria-label="Pair"
            value={pair}
            onChange={(change) => setPickedPair(change.target.value)}
            className={control}
          >
            {pairs.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        <fieldset className="inline-flex h-8 rounded-md border border-line-strong bg-panel p-0.5">
          <legend className="sr-only">Window</legend>
          {ACTIVITY_WINDOWS.map((window) => (
            <button
              key={window}
              type="button"
              aria-pressed={window === choice.window}
              onClick={() => choose({ window })}
              className={`rounded px-2.5 text-sm transition-colors ${
                window === choice.window ? 'bg-accent-soft font-medium text-accent' : 'text-ink-2 hover:text-ink'
              }`}
            >
              {window === 'any' ? 'all' : window}
            </button>
          ))}
        </fieldset>
        <ZonePicker zone={zone} now={now} onPick={setZone} />
      </div>
      <Numbers key={stream} stream={stream} window={choice.window} zone={zone} pair={pair} now={now} />
    </>
  );
}

interface NumbersProps {
  readonly stream: string;
  readonly window: (typeof ACTIVITY_WINDOWS)[number];
  readonly zone: string;
  readonly pair: string | undefined;
  readonly now: number;
}

function Numbers({ stream, window, zone, pair, now }: NumbersProps) {
  const asked = { stream, window, zone };
  const counting = useQuery(countsQuery(asked));
  const timing = useQuery({ ...latencyQuery(asked, pair ?? ''), enabled: pair !== undefined });
  const { data: counts } = useLastGood(counting, stream);
  const { data: latency } = useLastGood(timing, `${stream} ${pair}`);
  const warnings = [...new Set([...(counts?.warnings ?? []), ...(latency?.warnings ?? [])])];
  const building = counts?.building ?? latency?.building;
  return (
    <div className="grid gap-4">
      {counting.isError && <ProblemNote error={counting.error} what="The counts could not be read" />}
      {timing.isError && <ProblemNote error={timing.error} what="The answer times could not be read" />}
      {warnings.length > 0 && (
        <p role="status" className="rounded-lg bg-late-soft px-4 py-2 text-sm text-late-ink">
          Names may be missing or old: {warnings.join('; ')}
        </p>
      )}
      {building && (
        <p role="status" className="rounded-lg bg-late-soft px-4 py-2 text-sm text-late-ink">
          Being counted anew: {building.done.toLocaleString('en')} of {building.total.toLocaleString('en')} events; the
          numbers are too small until then.
        </p>
      )}
      <LiveLogPanel stream={stream} zone={zone} types={counts ? typesByCount(counts) : []} />
      <div className="grid gap-4 lg:grid-cols-2">
        {counts && <CountsPanel body={counts} zone={zone} now={now} />}
        {latency && <LatencyPanel body={latency} zone={zone} now={now} />}
      </div>
      {counts && <ModeratorsPanel counts={counts} latency={latency} />}
    </div>
  );
}

function FirstLog() {
  return (
    <div className="mx-auto max-w-xl py-16 text-sm text-ink-2">
      <h1 className="mb-2 text-xl font-semibold text-ink">Activity</h1>
      <p>There is no log yet. Send events, or bring a table of another database along:</p>
      <pre className="mt-3 overflow-auto rounded-lg border border-line bg-panel p-3 font-mono text-xs">
        {`curl ${location.origin}/api/logs -H 'content-type: application/json' \\
  -d '{"stream":"my-guild","events":[{"id":"1","type":"claim",
       "actor":"ada","time":"${new Date().toISOString()}"}]}'

varve import-log --from sqlite:./bot.db --table action_log`}
      </pre>
    </div>
  );
}
