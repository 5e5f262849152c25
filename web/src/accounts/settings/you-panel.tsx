import { useQuery } from '@tanstack/react-query';
import { remove } from '../../api/client.ts';
import { useNow } from '../../live/use-now.ts';
import { Panel } from '../../parts/panel.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { moment } from '../../time/format-time.ts';
import { useZone } from '../../time/use-zone.ts';
import { accountKeys, sessionsQuery } from '../account-queries.ts';
import { agentText } from './agent-text.ts';
import { PasswordForm } from './password-form.tsx';
import { Row, Rows } from './rows.tsx';
import type { SettingsPanel } from './settings-panel.ts';
import { SureButton } from './sure-button.tsx';
import { useChange } from './use-change.ts';

export function YouPanel({ me }: SettingsPanel) {
  if (!me.user) {
    return (
      <p className="text-sm text-ink-2">
        This server was started with <code className="font-mono text-xs">--no-auth</code>: whoever reaches it may do
        everything, so there is nobody to sign in or out.
      </p>
    );
  }
  return (
    <>
      <Sessions />
      {me.user.hasPassword && <PasswordForm email={me.user.email} />}
    </>
  );
}

function Sessions() {
  const now = useNow(30_000);
  const [zone] = useZone();
  const query = useQuery(sessionsQuery());
  const end = useChange((id: string) => remove(`sessions/${id}`), accountKeys.sessions);
  const endAll = useChange(() => remove('sessions'), accountKeys.me);
  return (
    <Panel
      title="Where you are signed in"
      aside={
        <SureButton sure="Yes, everywhere" onClick={() => endAll.mutate(undefined)}>
          Sign out everywhere
        </SureButton>
      }
    >
      {(end.error ?? endAll.error) && (
        <div className="p-4">
          <ProblemNote what="Not signed out" error={end.error ?? endAll.error} />
        </div>
      )}
      <Rows query={query} what="Your sessions">
        {({ sessions }) =>
          sessions.map(({ id, current, address, agent, createdAt, seenAt }) => (
            <Row
              key={id}
              title={agentText(agent)}
              detail={`${address} · since ${moment(createdAt, zone, now)} · seen ${moment(seenAt, zone, now)}`}
            >
              {current ? (
                <span className="text-xs text-ok-ink">this one</span>
              ) : (
                <SureButton sure="Yes, sign out" onClick={() => end.mutate(id)}>
                  Sign out
                </SureButton>
              )}
            </Row>
          ))
        }
      </Rows>
    </Panel>
  );
}
