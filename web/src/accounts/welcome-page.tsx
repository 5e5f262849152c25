import { useState } from 'react';
import { useLocation } from 'wouter';
import { Door } from './door.tsx';
import { linkText } from './link-text.ts';
import { type Person, PersonForm } from './person-form.tsx';
import { useSignIn } from './use-sign-in.ts';

export function WelcomePage() {
  const [link] = useState(linkText);
  const [, navigate] = useLocation();
  const welcome = useSignIn<Person & { link: string }>('welcome', () => navigate('/', { replace: true }));
  return (
    <Door
      title="Welcome"
      intro="You are the first here: this account owns the installation and invites everybody else."
    >
      <PersonForm
        submit="Make the account"
        error={welcome.error}
        isPending={welcome.isPending}
        onSubmit={(person) => welcome.mutate({ ...person, link })}
      />
    </Door>
  );
}
