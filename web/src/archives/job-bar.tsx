interface JobBarProps {
  /** 0 to 1; undefined while the size of the work is unknown. */
  readonly ratio: number | undefined;
  readonly label: string;
  readonly stopping: boolean;
}

export function JobBar({ ratio, label, stopping }: JobBarProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={ratio === undefined ? undefined : Math.floor(ratio * 100)}
      className="h-1.5 overflow-hidden rounded-full bg-line"
    >
      {ratio === undefined ? (
        <div className="h-full w-1/4 animate-sweep rounded-full bg-accent" />
      ) : (
        <div
          className={`h-full rounded-full transition-[width] duration-500 ${stopping ? 'bg-ink-3' : 'bg-accent'}`}
          style={{ width: `${ratio * 100}%` }}
        />
      )}
    </div>
  );
}
