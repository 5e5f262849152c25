import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { signInOptionsQuery } from './account-queries.ts';
import { Door } from './door.tsx';
import { TextField } from './text-field.tsx';
import { useSignIn } from './use-sign-in.ts';

/** Stands in the place of whatever page was asked for, at its address. */
export function SignInPage() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { data: options } = useQuery(signInOptionsQuery());
  const signIn = useSignIn<{ email: string; password: string }>('session');
  const refused = new URLSearchParams(location.search).get('sign-in-refused');
  if (options?.firstRun) {
    return (
      <Door title="Make the first account">
        <p className="mt-2 text-sm text-ink-2">
          Nobody has an account here yet. Open the link that <code className="font-mono text-xs">varve serve</code>{' '}
          printed when it started: it makes the owner, works once, and for 24 hours. A restart prints a new one.
        </p>
      </Door>
    );
  }
  return (
    <Door title="Sign in">
      <form
        className="mt-4 space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate({ email, password });
        }}
      >
        <TextField
          label="Address"
          type="email"
          autoComplete="username"
          value={email}
          onChange={setEmail}
          autoFocus
          required
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          required
        />
        {signIn.error && <ProblemNote what="Not signed in" error={signIn.error} />}
        {refused !== null && !signIn.error && <ProblemNote what="Not signed in" error={new Error(refused)} />}
        <Button type="submit" look="primary" className="h-9 w-full" disabled={signIn.isPending}>
          {signIn.isPending ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
      {options && options.providers.length > 0 && (
        <div className="mt-5 space-y-2 border-t border-line pt-5">
          {options.providers.map(({ id, title }) => (
            <a
              key={id}
              href={`/api/sign-in/${encodeURIComponent(id)}?${new URLSearchParams({ to: here() })}`}
              className="flex h-9 w-full items-center justify-center rounded-md border border-line-strong bg-panel text-sm font-medium transition-colors hover:bg-hover"
            >
              Sign in with {title}
            </a>
          ))}
        </div>
      )}
      <p className="mt-5 text-xs text-ink-3">
        Password forgotten? Whoever runs this server makes a link by{' '}
        <code className="font-mono">varve user reset-password</code>.
      </p>
    </Door>
  );
}

/** Where to come back to, without what was said of an earlier try. */
function here(): string {
  const search = new URLSearchParams(location.search);
  search.delete('sign-in-refused');
  return `${location.pathname}${search.size > 0 ? `?${search}` : ''}`;
}
