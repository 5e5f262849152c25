import { useState } from 'react';

interface PersonProps {
  readonly id: string | null;
  readonly name?: string | null | undefined;
  readonly avatar?: string | null | undefined;
  readonly departed?: boolean | undefined;
}

/** A name and a picture in place of an id, which stays to be read. */
export function Person({ id, name, avatar, departed = false }: PersonProps) {
  if (id === null) return <span className="text-ink-3">nobody</span>;
  return (
    <span className="inline-flex min-w-0 max-w-full items-center gap-1.5 align-middle" title={id}>
      <Avatar key={avatar} url={avatar ?? undefined} name={name ?? id} />
      <span className={`truncate ${name ? '' : 'font-mono text-xs'} ${departed ? 'text-ink-3' : ''}`}>
        {name ?? id}
      </span>
      {departed && <span className="shrink-0 rounded bg-sunken px-1 text-xs text-ink-3">left</span>}
    </span>
  );
}

function Avatar({ url, name }: { readonly url: string | undefined; readonly name: string }) {
  const [broken, setBroken] = useState(false);
  if (url === undefined || broken) {
    return (
      <span
        aria-hidden
        className="grid size-5 shrink-0 place-items-center rounded-full bg-accent-soft text-[0.625rem] text-accent uppercase"
      >
        {name.slice(0, 1)}
      </span>
    );
  }
  return (
    <img
      src={url}
      alt=""
      width={20}
      height={20}
      loading="lazy"
      referrerPolicy="no-referrer"
      onError={() => setBroken(true)}
      className="size-5 shrink-0 rounded-full bg-sunken"
    />
  );
}
