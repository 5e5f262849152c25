import { CopyButton } from '../parts/copy-button.tsx';

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

function Snippet({ step, title, text }: { readonly step: string; readonly title: string; readonly text: string }) {
  return (
    <div className="min-w-0">
      <h3 className="flex items-center gap-2 text-sm">
        <span className="inline-flex h-5 min-w-5 items-center justify-center rounded-full border border-line-strong px-1.5 text-xs text-ink-2">
          {step}
        </span>
        {title}
      </h3>
      <div className="relative mt-2 rounded-md border border-line bg-sunken">
        <pre className="overflow-x-auto py-2.5 pr-10 pl-3 font-mono text-xs leading-5">{text}</pre>
        <div className="absolute top-1 right-1">
          <CopyButton text={text} label={`Copy: ${title}`} />
        </div>
      </div>
    </div>
  );
}
