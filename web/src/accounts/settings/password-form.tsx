import { useState } from 'react';
import { post } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { accountKeys } from '../account-queries.ts';
import { fieldProblem, isToldByFields } from '../field-problem.ts';
import { TextField } from '../text-field.tsx';
import { useChange } from './use-change.ts';

export function PasswordForm({ email }: { readonly email: string }) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useChange(
    (given: { current: string; password: string }) => post('password', given),
    accountKeys.sessions,
    accountKeys.me,
  );
  return (
    <Panel title="Password">
      <form
        className="grid max-w-2xl gap-4 p-4 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(
            { current, password },
            {
              onSuccess: () => {
                setCurrent('');
                setPassword('');
              },
            },
          );
        }}
      >
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <TextField
          label="Current password"
          type="password"
          autoComplete="current-password"
          value={current}
          onChange={setCurrent}
          problem={fieldProblem(change.error, 'current')}
          required
        />
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={setPassword}
          hint="At least 10 characters"
          problem={fieldProblem(change.error, 'password')}
          required
        />
        {change.error && !isToldByFields(change.error, 'current', 'password') && (
          <div className="sm:col-span-2">
            <ProblemNote what="Not changed" error={change.error} />
          </div>
        )}
        <div className="flex items-center gap-3 sm:col-span-2">
          <Button type="submit" disabled={change.isPending}>
            Change the password
          </Button>
          <span role="status" className="text-xs text-ink-3">
            {change.isSuccess ? 'Changed; your other sessions have ended.' : 'It ends all your other sessions.'}
          </span>
        </div>
      </form>
    </Panel>
  );
}
