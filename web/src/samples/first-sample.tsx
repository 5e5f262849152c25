import { Snippet } from '../parts/snippet.tsx';
import { curlLine, influxLine, telegrafOutput } from './push-snippets.ts';

/** How a first sample gets here: three ways to copy. */
export function FirstSample() {
  const { origin } = location;
  return (
    <section aria-labelledby="first-sample" className="mt-4 rounded-lg border border-line bg-panel p-5">
      <h2 id="first-sample" className="font-medium">
        Push a first sample
      </h2>
      <p className="mt-1 max-w-2xl text-ink-2">
        A device is whoever sends samples. It appears here with its first one, and its latest windows are published from
        then on.
      </p>
      <div className="mt-4 grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        <Snippet step="1" title="Send a reading as JSON" text={curlLine(origin)} />
        <Snippet step="or" title="Send it as line protocol" text={influxLine(origin)} />
        <Snippet step="or" title="Let Telegraf write here" text={telegrafOutput(origin)} />
      </div>
    </section>
  );
}
