import { z } from 'zod';
import { PERMISSIONS, ROLES, SCOPES } from '../accounts/permissions.ts';
import { instant } from './contract.ts';

/** The bodies of everything about accounts. Secrets are in them once: when they are made. */
const role = z.enum(ROLES);
const email = z.string().min(1).max(254).describe('Address');
const password = z.string().min(1).max(1_024);
const name = z.string().trim().max(100);
const linkText = z.string().min(1).max(200).describe('What stands in the link after `#`');

export const orgSchema = z.object({ id: z.string(), name: z.string() }).meta({ id: 'Org' });

export const meSchema = z
  .object({
    user: z.object({ id: z.string(), email: z.string(), name: z.string(), hasPassword: z.boolean() }).nullable(),
    token: z.object({ id: z.string(), name: z.string(), scopes: z.array(z.enum(SCOPES)) }).nullable(),
    local: z.boolean().describe('Accounts are off: the server was started with `--no-auth`'),
    org: orgSchema.nullable().describe('The org that requests ask unless they name another by `X-Varve-Org`'),
    permissions: z.array(z.enum(PERMISSIONS)).describe('In this org'),
    installation: z.array(z.enum(PERMISSIONS)).describe('In the org of the installation'),
    orgs: z.array(orgSchema.extend({ role })),
  })
  .meta({ id: 'Me' });

export const signInOptionsSchema = z.object({
  accounts: z.boolean().describe('False when the server was started with `--no-auth`'),
  firstRun: z.boolean().describe('Nobody has an account yet: the link of the first owner was printed at the start'),
  providers: z.array(z.object({ id: z.string(), title: z.string() })).describe('Other services to sign in with'),
});

export const signInRequestSchema = z.strictObject({ email, password });

export const newPersonSchema = z.strictObject({ link: linkText, email, name: name.default(''), password });

export const linkRequestSchema = z.strictObject({ link: linkText });

export const passwordChangeSchema = z.strictObject({ current: password, password });

export const passwordResetSchema = z.strictObject({ link: linkText, password });

export const sessionListSchema = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      current: z.boolean(),
      address: z.string(),
      agent: z.string(),
      createdAt: instant,
      seenAt: instant.describe('To five minutes'),
      expiresAt: instant,
    }),
  ),
});

export const endedSessionsSchema = z.object({ ended: z.int() });

export const invitationSchema = z.object({
  org: orgSchema,
  role,
  email: z.string().nullable().describe('Whom it is meant for; null: whoever holds it'),
});

export const inviteRequestSchema = z.strictObject({
  role,
  email: email.nullable().default(null),
});

const inviteSchema = z.object({
  id: z.string(),
  role,
  email: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant,
});

export const inviteListSchema = z.object({ invites: z.array(inviteSchema) });

export const madeInviteSchema = inviteSchema.extend({
  link: z.string().describe('Shown this once: give it to whom you invite'),
});

export const memberSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role,
    disabled: z.boolean(),
    since: instant,
    lastSignInAt: instant.nullable(),
  })
  .meta({ id: 'Member' });

export const memberListSchema = z.object({ members: z.array(memberSchema) });

export const roleChangeSchema = z.strictObject({ role });

export const tokenRequestSchema = z.strictObject({
  name: name.min(1).describe('For people'),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  expiresAt: instant.nullable().optional().describe('In 90 days when left out; null: never'),
});

export const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    madeBy: z.string().nullable().describe('Address; null: the command line'),
    createdAt: instant,
    expiresAt: instant.nullable(),
    usedAt: instant.nullable().describe('To five minutes'),
    revokedAt: instant.nullable(),
  })
  .meta({ id: 'Token' });

export const tokenListSchema = z.object({ tokens: z.array(tokenSchema) });

export const madeTokenSchema = tokenSchema.extend({ token: z.string().describe('Shown this once') });

export const orgRequestSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be small letters, digits and hyphens, at most 40')
    .describe('Names the org for programs; it cannot be changed'),
  name: name.min(1),
});

export const orgChangeSchema = z.strictObject({ name: name.min(1) });

export const orgChoiceSchema = z.strictObject({ org: z.string().max(40).describe('Id of an org of yours') });

export const auditListSchema = z.object({
  entries: z.array(
    z.object({
      seq: z.int(),
      at: instant,
      actor: z.string(),
      action: z.string(),
      target: z.string(),
      detail: z.record(z.string(), z.unknown()),
      address: z.string(),
    }),
  ),
  next: z.int().nullable().describe('Pass as `before` for older ones'),
});

export type MeBody = z.infer<typeof meSchema>;
export type SignInOptionsBody = z.infer<typeof signInOptionsSchema>;
export type SessionListBody = z.infer<typeof sessionListSchema>;
export type InvitationBody = z.infer<typeof invitationSchema>;
export type InviteListBody = z.infer<typeof inviteListSchema>;
export type MadeInviteBody = z.infer<typeof madeInviteSchema>;
export type MemberBody = z.infer<typeof memberSchema>;
export type MemberListBody = z.infer<typeof memberListSchema>;
export type TokenBody = z.infer<typeof tokenSchema>;
export type TokenListBody = z.infer<typeof tokenListSchema>;
export type MadeTokenBody = z.infer<typeof madeTokenSchema>;
export type AuditListBody = z.infer<typeof auditListSchema>;
