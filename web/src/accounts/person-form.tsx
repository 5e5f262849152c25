import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { fieldProblem, isToldByFields } from './field-problem.ts';
import { TextField } from './text-field.tsx';

export interface Person {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

interface PersonFormProps {
  /** Fixed, where a link is meant for one address. */
  readonly email?: string | null;
  readonly submit: string;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onSubmit: (person: Person) => void;
}

/** Makes an account. */
export function PersonForm({ email: fixed = null, submit, error, isPending, onSubmit }: PersonFormProps) {
  const [email, setEmail] = useState(fixed ?? '');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  return (
    <form
      className="mt-4 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit({ email, name, password });
      }}
    >
      <TextField
        label="Address"
        type="email"
        autoComplete="username"
        value={email}
        onChange={fixed === null ? setEmail : () => {}}
        problem={fieldProblem(error, 'email')}
        autoFocus={fixed === null}
        required
      />
      <TextField label="Name (may stay empty)" autoComplete="name" value={name} onChange={setName} />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        hint="At least 10 characters; a few words of your own are best"
        problem={fieldProblem(error, 'password')}
        required
      />
      {error && !isToldByFields(error, 'email', 'password') && <ProblemNote what="It did not work" error={error} />}
      <Button type="submit" look="primary" className="h-9 w-full" disabled={isPending}>
        {isPending ? 'One moment…' : submit}
      </Button>
    </form>
  );
}
