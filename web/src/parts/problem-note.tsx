import { CircleAlert } from 'lucide-react';
import { ApiProblem, problemText } from '../api/problem.ts';
import { Button } from './button.tsx';

interface ProblemNoteProps {
  readonly error: unknown;
  /** What could not be done, e.g. "The series could not be read". */
  readonly what: string;
  readonly onRetry?: () => void;
}

/** An error in the server's own words, with what to mend. */
export function ProblemNote({ error, what, onRetry }: ProblemNoteProps) {
  const errors = error instanceof ApiProblem ? error.errors : [];
  return (
    <div role="alert" className="flex gap-3 rounded-lg border border-fail/35 bg-fail-soft px-4 py-3 text-sm">
      <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-fail-ink" />
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">
          <span className="font-medium text-fail-ink">{what}:</span> {problemText(error)}
        </p>
        {errors.length > 0 && (
          <ul className="mt-1 list-disc pl-5 text-ink-2">
            {errors.map(({ field, problem }) => (
              <li key={`${field}:${problem}`}>
                <code className="font-mono text-xs">{field}</code> {problem}
              </li>
            ))}
          </ul>
        )}
      </div>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
