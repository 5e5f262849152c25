import { problemText } from '../api/problem.ts';
import { moment } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';

interface StaleBannerProps {
  readonly error: unknown;
  readonly answeredAt: Instant;
  readonly zone: string;
  readonly now: Instant;
}

/** Says that an older answer is shown because the newest question got none. */
export function StaleBanner({ error, answeredAt, zone, now }: StaleBannerProps) {
  return (
    <p role="status" className="border-b border-late/30 bg-late-soft px-4 py-1 text-xs text-late-ink wrap-anywhere">
      showing the answer of {moment(answeredAt, zone, now)}; the server does not answer: {problemText(error)}
    </p>
  );
}
