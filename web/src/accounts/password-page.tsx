import { useState } from 'react';
import { useLocation } from 'wouter';
import { Button } from '../parts/button.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Door } from './door.tsx';
import { fieldProblem, isToldByFields } from './field-problem.ts';
import { linkText } from './link-text.ts';
import { TextField } from './text-field.tsx';
import { useSignIn } from './use-sign-in.ts';

/** Sets a new password by a link. */
export function PasswordPage() {
  const [link] = useState(linkText);
  const [password, setPassword] = useState('');
  const [, navigate] = useLocation();
  const reset = useSignIn<{ link: string; password: string }>('password/reset', () => navigate('/', { replace: true }));
  return (
    <Door title="A new password" intro="It ends every session of yours, and begins one here.">
      <form
        className="mt-4 space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          reset.mutate({ link, password });
        }}
      >
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={setPassword}
          hint="At least 10 characters; a few words of your own are best"
          problem={fieldProblem(reset.error, 'password')}
          autoFocus
          required
        />
        {reset.error && !isToldByFields(reset.error, 'password') && <ProblemNote what="Not set" error={reset.error} />}
        <Button type="submit" look="primary" className="h-9 w-full" disabled={reset.isPending}>
          Set the password
        </Button>
      </form>
    </Door>
  );
}
