import { queryOptions } from '@tanstack/react-query';
import type {
  AuditListBody,
  InvitationBody,
  InviteListBody,
  MeBody,
  MemberListBody,
  SessionListBody,
  SignInOptionsBody,
  TokenListBody,
} from '../../../src/http/accounts-contract.ts';
import { get, post } from '../api/client.ts';

/** Keys of what depends on who asks. */
export const accountKeys = {
  me: ['me'],
  signIn: ['sign-in'],
  members: ['members'],
  invites: ['invites'],
  tokens: ['tokens'],
  sessions: ['sessions'],
  audit: ['audit'],
} as const;

export const meQuery = () =>
  queryOptions({
    queryKey: accountKeys.me,
    queryFn: ({ signal }) => get<MeBody>('me', signal),
    meta: { pause: 10_000 },
  });

export const signInOptionsQuery = () =>
  queryOptions({ queryKey: accountKeys.signIn, queryFn: ({ signal }) => get<SignInOptionsBody>('sign-in', signal) });

export const membersQuery = () =>
  queryOptions({ queryKey: accountKeys.members, queryFn: ({ signal }) => get<MemberListBody>('members', signal) });

export const invitesQuery = () =>
  queryOptions({ queryKey: accountKeys.invites, queryFn: ({ signal }) => get<InviteListBody>('invites', signal) });

export const tokensQuery = () =>
  queryOptions({ queryKey: accountKeys.tokens, queryFn: ({ signal }) => get<TokenListBody>('tokens', signal) });

export const sessionsQuery = () =>
  queryOptions({ queryKey: accountKeys.sessions, queryFn: ({ signal }) => get<SessionListBody>('sessions', signal) });

export const auditQuery = () =>
  queryOptions({ queryKey: accountKeys.audit, queryFn: ({ signal }) => get<AuditListBody>('audit?limit=200', signal) });

export const invitationQuery = (link: string) =>
  queryOptions({
    queryKey: ['invitation', link],
    queryFn: ({ signal }) => post<InvitationBody>('invites/read', { link }, signal),
  });
