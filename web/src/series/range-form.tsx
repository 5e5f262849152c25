import { useState } from 'react';
import { serverNow } from '../api/server-clock.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { fromLocalInput, toLocalInput } from '../time/local-input.ts';
import type { Span } from '../time/spans.ts';
import { rangeProblem } from '../time/time-window.ts';

interface RangeFormProps {
  readonly span: Span;
  readonly zone: string;
  readonly onPick: (span: Span) => void;
}

export function RangeForm({ span, zone, onPick }: RangeFormProps) {
  const [from, setFrom] = useState(() => toLocalInput(span.from, zone));
  const [to, setTo] = useState(() => toLocalInput(span.to, zone));
  const [tried, setTried] = useState(false);
  const picked = { from: fromLocalInput(from, zone), to: fromLocalInput(to, zone) };
  const problem = rangeProblem(picked.from, picked.to, serverNow());
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (problem === undefined && picked.from !== undefined && picked.to !== undefined) {
          onPick({ from: picked.from, to: picked.to });
        }
      }}
    >
      <Field label="From" type="datetime-local" value={from} onChange={setFrom} />
      <Field label="To" type="datetime-local" value={to} onChange={setTo} />
      <p className="text-xs text-ink-3">Times of {zone}</p>
      {tried && problem !== undefined && (
        <p role="alert" className="text-sm text-fail-ink">
          {problem}
        </p>
      )}
      <Button type="submit" look="primary" className="w-full">
        Show
      </Button>
    </form>
  );
}
