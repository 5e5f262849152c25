import { Link } from 'wouter';
import { useMe } from '../accounts/use-me.ts';
import { Snippet } from '../parts/snippet.tsx';
import { curlLine, influxLine, telegrafOutput } from './push-snippets.ts';

/** How a first sample gets here: three ways to copy. */
export function FirstSample() {
  const { origin } = location;
  const me = useMe();
  const withToken = me?.local === false;
  return (
    <section aria-labelledby="first-sample" className="mt-4 rounded-lg border border-line bg-panel p-5">
      <h2 id="first-sample" className="font-medium">
        Push a first sample
      </h2>
      <p className="mt-1 max-w-2xl text-ink-2">
        A device is whoever sends samples. It appears here with its first one, and its latest windows are published from
        then on.
        {withToken && (
          <>
            {' '}
            It shows a token of the scope <code>ingest</code>, which an owner makes in the{' '}
            <Link href="/settings/tokens" className="text-accent underline underline-offset-2">
              settings
            </Link>
            .
          </>
        )}
      </p>
      <div className="mt-4 grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        <Snippet step="1" title="Send a reading as JSON" text={curlLine(origin, withToken)} />
        <Snippet step="or" title="Send it as line protocol" text={influxLine(origin, withToken)} />
        <Snippet step="or" title="Let Telegraf write here" text={telegrafOutput(origin, withToken)} />
      </div>
    </section>
  );
}
