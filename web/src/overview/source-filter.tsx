interface SourceFilterProps {
  readonly names: readonly string[];
  readonly only: string | undefined;
  readonly onChange: (only: string | undefined) => void;
}

/** Shown from two sources on; a select, because there may be dozens. */
export function SourceFilter({ names, only, onChange }: SourceFilterProps) {
  if (names.length < 2) return null;
  return (
    <select
      aria-label="Source"
      value={only ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
      className="h-8.5 max-w-52 rounded-md border border-line-strong bg-panel px-2 text-sm text-ink-2"
    >
      <option value="">All sources</option>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
