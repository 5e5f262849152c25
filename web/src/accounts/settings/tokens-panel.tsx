import { useQuery } from '@tanstack/react-query';
import type { TokenBody } from '../../../../src/http/accounts-contract.ts';
import { remove } from '../../api/client.ts';
import { useNow } from '../../live/use-now.ts';
import { Panel } from '../../parts/panel.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { moment } from '../../time/format-time.ts';
import type { Instant } from '../../time/spans.ts';
import { useZone } from '../../time/use-zone.ts';
import { accountKeys, tokensQuery } from '../account-queries.ts';
import { Row, Rows } from './rows.tsx';
import type { SettingsPanel } from './settings-panel.ts';
import { SureButton } from './sure-button.tsx';
import { TokenForm } from './token-form.tsx';
import { useChange } from './use-change.ts';

export function TokensPanel(_panel: SettingsPanel) {
  const now = useNow(30_000);
  const [zone] = useZone();
  const query = useQuery(tokensQuery());
  const revoke = useChange((id: string) => remove(`tokens/${id}`), accountKeys.tokens);
  return (
    <>
      {revoke.error && <ProblemNote what="Not revoked" error={revoke.error} />}
      <Panel title="Tokens">
        <TokenForm />
        <Rows query={query} what="The tokens">
          {({ tokens }) =>
            tokens.length === 0 ? (
              <li className="px-4 py-3 text-sm text-ink-3">There are no tokens.</li>
            ) : (
              tokens.map((token) => (
                <Row
                  key={token.id}
                  title={
                    <span className={isOver(token, now) ? 'text-ink-3 line-through' : ''}>
                      {token.name} <span className="font-mono text-xs text-ink-3">{token.scopes.join(' ')}</span>
                    </span>
                  }
                  detail={tokenText(token, zone, now)}
                >
                  {!isOver(token, now) && (
                    <SureButton sure="Yes, revoke" onClick={() => revoke.mutate(token.id)}>
                      Revoke
                    </SureButton>
                  )}
                </Row>
              ))
            )
          }
        </Rows>
      </Panel>
    </>
  );
}

const isOver = ({ revokedAt, expiresAt }: TokenBody, now: Instant): boolean =>
  revokedAt !== null || (expiresAt !== null && expiresAt <= now);

function tokenText(
  { id, madeBy, createdAt, expiresAt, usedAt, revokedAt }: TokenBody,
  zone: string,
  now: Instant,
): string {
  const when = (at: Instant): string => moment(at, zone, now);
  return [
    `varve_${id}_…`,
    `made ${when(createdAt)} by ${madeBy ?? 'the command line'}`,
    usedAt === null ? 'never used' : `used ${when(usedAt)}`,
    revokedAt !== null
      ? `revoked ${when(revokedAt)}`
      : expiresAt === null
        ? 'never expires'
        : `${expiresAt <= now ? 'expired' : 'expires'} ${when(expiresAt)}`,
  ].join(' · ');
}
