import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { InvitationBody, MeBody } from '../../../src/http/accounts-contract.ts';
import { post } from '../api/client.ts';
import { Button } from '../parts/button.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { invitationQuery } from './account-queries.ts';
import { Door } from './door.tsx';
import { linkText } from './link-text.ts';
import { type Person, PersonForm } from './person-form.tsx';
import { turnTo } from './turn-to-org.ts';
import { useMe } from './use-me.ts';
import { useSignIn } from './use-sign-in.ts';

export function InvitePage() {
  const [link] = useState(linkText);
  const me = useMe();
  const { data: invitation, error } = useQuery(invitationQuery(link));
  if (error) {
    return (
      <Door title="Invite">
        <div className="mt-4">
          <ProblemNote what="This invite cannot be used" error={error} />
        </div>
      </Door>
    );
  }
  if (!invitation) {
    return (
      <Door title="Invite">
        <Skeleton className="mt-4 h-40 w-full" />
      </Door>
    );
  }
  const intro = (
    <>
      You are invited to <strong className="font-medium text-ink">{invitation.org.name}</strong> as {invitation.role}.
    </>
  );
  return (
    <Door title={`Join ${invitation.org.name}`} intro={intro}>
      {me?.user ? (
        <JoinAs me={me} link={link} org={invitation.org.id} />
      ) : (
        <JoinAnew link={link} invitation={invitation} />
      )}
    </Door>
  );
}

function JoinAs({ me, link, org }: { readonly me: MeBody; readonly link: string; readonly org: string }) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const join = useMutation({
    mutationFn: () => post('invites/join', { link }),
    onSuccess: async () => {
      navigate('/', { replace: true });
      await turnTo(client, org);
    },
  });
  return (
    <div className="mt-4 space-y-4">
      {join.error && <ProblemNote what="Not joined" error={join.error} />}
      <Button look="primary" className="h-9 w-full" disabled={join.isPending} onClick={() => join.mutate()}>
        Join as {me.user?.email}
      </Button>
    </div>
  );
}

function JoinAnew({ link, invitation }: { readonly link: string; readonly invitation: InvitationBody }) {
  const [, navigate] = useLocation();
  const join = useSignIn<Person & { link: string }>('invites/accept', () => navigate('/', { replace: true }));
  return (
    <>
      <PersonForm
        email={invitation.email}
        submit="Join"
        error={join.error}
        isPending={join.isPending}
        onSubmit={(person) => join.mutate({ ...person, link })}
      />
      <p className="mt-4 text-xs text-ink-3">With an account here already, give its address and password.</p>
    </>
  );
}
