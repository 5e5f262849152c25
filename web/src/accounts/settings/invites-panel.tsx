import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ROLES, type Role } from '../../../../src/accounts/permissions.ts';
import type { MadeInviteBody } from '../../../../src/http/accounts-contract.ts';
import { post, remove } from '../../api/client.ts';
import { useNow } from '../../live/use-now.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { moment } from '../../time/format-time.ts';
import { useZone } from '../../time/use-zone.ts';
import { accountKeys, invitesQuery } from '../account-queries.ts';
import { fieldProblem } from '../field-problem.ts';
import { TextField } from '../text-field.tsx';
import { Choice } from './choice.tsx';
import { Row, Rows } from './rows.tsx';
import { SecretOnce } from './secret-once.tsx';
import { SureButton } from './sure-button.tsx';
import { useChange } from './use-change.ts';

export function InvitesPanel() {
  const now = useNow(30_000);
  const [zone] = useZone();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const query = useQuery(invitesQuery());
  const make = useChange(
    (given: { role: Role; email: string | null }) => post<MadeInviteBody>('invites', given),
    accountKeys.invites,
  );
  const takeBack = useChange((id: string) => remove(`invites/${id}`), accountKeys.invites);
  return (
    <Panel title="Invites">
      <form
        className="flex flex-wrap items-end gap-3 border-b border-line p-4"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ role, email: email.trim() === '' ? null : email });
        }}
      >
        <div className="min-w-0 flex-1 basis-64">
          <TextField
            label="Only for this address (may stay empty)"
            value={email}
            onChange={setEmail}
            problem={fieldProblem(make.error, 'email')}
          />
        </div>
        <Choice label="Role of the invited" value={role} values={ROLES} onChange={setRole} />
        <Button type="submit" look="primary" disabled={make.isPending}>
          Make a link
        </Button>
      </form>
      {make.error && fieldProblem(make.error, 'email') === undefined && (
        <div className="p-4">
          <ProblemNote what="No link was made" error={make.error} />
        </div>
      )}
      {make.data && (
        <div className="p-4">
          <SecretOnce text={make.data.link} label="Copy the link">
            Give this link to whom you invite as {make.data.role}. It works once, for seven days, and is shown this
            once.
          </SecretOnce>
        </div>
      )}
      <Rows query={query} what="The invites">
        {({ invites }) =>
          invites.length === 0 ? (
            <li className="px-4 py-3 text-sm text-ink-3">No invite waits.</li>
          ) : (
            invites.map(({ id, email: meant, role: given, expiresAt }) => (
              <Row
                key={id}
                title={meant ?? 'whoever holds the link'}
                detail={`${given}, until ${moment(expiresAt, zone, now)}`}
              >
                <SureButton sure="Yes, take back" onClick={() => takeBack.mutate(id)}>
                  Take back
                </SureButton>
              </Row>
            ))
          )
        }
      </Rows>
    </Panel>
  );
}
