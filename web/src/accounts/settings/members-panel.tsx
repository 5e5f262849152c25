import { useQuery } from '@tanstack/react-query';
import { ROLES, type Role } from '../../../../src/accounts/permissions.ts';
import { patch, remove } from '../../api/client.ts';
import { useNow } from '../../live/use-now.ts';
import { Panel } from '../../parts/panel.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { moment } from '../../time/format-time.ts';
import { useZone } from '../../time/use-zone.ts';
import { accountKeys, membersQuery } from '../account-queries.ts';
import { Choice } from './choice.tsx';
import { InvitesPanel } from './invites-panel.tsx';
import { Row, Rows } from './rows.tsx';
import type { SettingsPanel } from './settings-panel.ts';
import { SureButton } from './sure-button.tsx';
import { useChange } from './use-change.ts';

export function MembersPanel({ me }: SettingsPanel) {
  const now = useNow(30_000);
  const [zone] = useZone();
  const query = useQuery(membersQuery());
  const change = useChange(
    ({ id, role }: { id: string; role: Role }) => patch(`members/${id}`, { role }),
    accountKeys.members,
    accountKeys.me,
  );
  const takeOut = useChange((id: string) => remove(`members/${id}`), accountKeys.members, accountKeys.me);
  const error = change.error ?? takeOut.error;
  return (
    <>
      {error && <ProblemNote what="Not changed" error={error} />}
      <Panel title="Members">
        <Rows query={query} what="The members">
          {({ members }) =>
            members.map(({ id, email, name, role, disabled, lastSignInAt }) => (
              <Row
                key={id}
                title={
                  <>
                    {email}
                    {name && <span className="text-ink-3"> {name}</span>}
                    {id === me.user?.id && <span className="text-ink-3"> (you)</span>}
                  </>
                }
                detail={
                  disabled
                    ? 'disabled'
                    : lastSignInAt === null
                      ? 'never signed in'
                      : `signed in ${moment(lastSignInAt, zone, now)}`
                }
              >
                <Choice
                  label={`Role of ${email}`}
                  value={role}
                  values={ROLES}
                  disabled={change.isPending}
                  onChange={(chosen) => change.mutate({ id, role: chosen })}
                />
                <SureButton sure="Yes, take out" onClick={() => takeOut.mutate(id)}>
                  Remove
                </SureButton>
              </Row>
            ))
          }
        </Rows>
      </Panel>
      <InvitesPanel />
    </>
  );
}
