import { Popover } from 'radix-ui';
import type { Restatement } from '../api/bodies.ts';
import { moment, spanText } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';

interface VersionNumberProps {
  readonly version: number;
  readonly restatements: readonly Restatement[];
  readonly zone: string;
  readonly now: Instant;
}

/** The version, and on a click what was restated, when and why. */
export function VersionNumber({ version, restatements, zone, now }: VersionNumberProps) {
  if (restatements.length === 0) {
    return (
      <>
        {version}
        <span className="ml-1.5 text-xs font-normal text-ink-3 max-sm:hidden">never restated</span>
      </>
    );
  }
  return (
    <Popover.Root>
      <Popover.Trigger className="rounded underline decoration-line-strong decoration-1 underline-offset-4 hover:decoration-accent">
        {version}
        <span className="ml-1.5 text-xs font-normal text-ink-3 max-sm:sr-only">{restatements.length} restated</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Restatements"
          className="z-40 max-h-80 w-80 max-w-[calc(100vw-1rem)] animate-appear overflow-y-auto rounded-lg border border-line-strong bg-raised text-sm shadow-float"
        >
          <ul>
            {restatements
              .toSorted((a, b) => b.version - a.version || b.from - a.from)
              .map(({ version: restated, from, to, reason, at }) => (
                <li key={`${restated}:${from}`} className="border-b border-line px-3 py-2 last:border-0">
                  <p className="flex justify-between gap-3">
                    <span className="font-medium">version {restated}</span>
                    <span className="text-xs text-ink-3">{moment(at, zone, now)}</span>
                  </p>
                  <p className="text-ink-2">{spanText({ from, to }, zone, now)}</p>
                  <p className="text-ink-2 wrap-anywhere">{reason}</p>
                </li>
              ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
