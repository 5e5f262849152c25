interface LabelListProps {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Metric and labels in one quiet line. */
export function LabelList({ metric, labels }: LabelListProps) {
  const pairs = Object.entries(labels);
  return (
    <span className="block truncate font-mono text-[0.6875rem] leading-4 text-ink-3">
      {metric}
      {pairs.map(([name, value]) => (
        <span key={name}>
          {' '}
          {name}=<span className="text-ink-2">{value}</span>
        </span>
      ))}
    </span>
  );
}
