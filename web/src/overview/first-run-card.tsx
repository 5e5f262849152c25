import { Snippet } from '../parts/snippet.tsx';

const CONFIGURATION = `// varve.config.ts
export default {
  archives: [
    {
      name: 'streams',
      location: 's3://my-bucket/prefix', // or './folder'
      key: 'snapshots/{yyyy}/{MM}/{dd}/{HH}{mm}.json',
      extract: 'platform-snapshot', // or (snapshot, at) => points
    },
  ],
};`;

const TRY_OUT = 'npx varve sample-archive --days 30';

/** What to do when Varve watches only its own host. */
export function FirstRunCard() {
  return (
    <section aria-labelledby="first-run" className="mt-4 rounded-lg border border-line bg-panel p-5">
      <h2 id="first-run" className="font-medium">
        Point Varve at your history
      </h2>
      <p className="mt-1 max-w-2xl text-ink-2">
        So far it watches only the machine it runs on. Name an archive (a folder or an S3 bucket of snapshots) and it
        reads what is there once, keeps up with what comes, and says what is missing.
      </p>
      <div className="mt-4 grid gap-4 lg:grid-cols-2">
        <Snippet step="1" title="Add it to varve.config.ts" text={CONFIGURATION} />
        <Snippet step="or" title="Try it with a made-up archive" text={TRY_OUT} />
      </div>
    </section>
  );
}
