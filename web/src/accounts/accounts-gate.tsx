import { useQuery } from '@tanstack/react-query';
import { type ComponentType, type ReactNode, useEffect } from 'react';
import { useLocation } from 'wouter';
import { isUnauthorised } from '../api/problem.ts';
import { startFeed } from '../live/live-feed.ts';
import { PageSkeleton } from '../shell/page-skeleton.tsx';
import { meQuery } from './account-queries.ts';
import { InvitePage } from './invite-page.tsx';
import { PasswordPage } from './password-page.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { WelcomePage } from './welcome-page.tsx';

/** Pages that links lead to, for people who are not in yet. */
const DOORS: Readonly<Record<string, ComponentType>> = {
  '/welcome': WelcomePage,
  '/invite': InvitePage,
  '/password': PasswordPage,
};

/** Lets the page be seen by who may see it; everybody else finds the sign-in at the same address. */
export function AccountsGate({ children }: { readonly children: ReactNode }) {
  const [path] = useLocation();
  const Page = DOORS[path];
  return Page ? <Page /> : <SignedIn>{children}</SignedIn>;
}

function SignedIn({ children }: { readonly children: ReactNode }) {
  const { data: me, error } = useQuery(meQuery());
  const stranger = isUnauthorised(error);
  const known = me !== undefined && !stranger;
  const org = me?.org?.id;
  // The stream is of one org: another org needs another stream.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => (known ? startFeed() : undefined), [known, org]);
  if (stranger) return <SignInPage />;
  // A server that is away is told of by the page itself.
  if (known || error) return children;
  return (
    <div className="mx-auto w-full max-w-[1440px] px-4 sm:px-6">
      <PageSkeleton />
    </div>
  );
}
