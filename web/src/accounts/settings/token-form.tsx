import { useState } from 'react';
import { SCOPES, type Scope } from '../../../../src/accounts/permissions.ts';
import type { MadeTokenBody } from '../../../../src/http/accounts-contract.ts';
import { post } from '../../api/client.ts';
import { serverNow } from '../../api/server-clock.ts';
import { Button } from '../../parts/button.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { DAY } from '../../time/spans.ts';
import { accountKeys } from '../account-queries.ts';
import { TextField } from '../text-field.tsx';
import { Choice } from './choice.tsx';
import { SecretOnce } from './secret-once.tsx';
import { useChange } from './use-change.ts';

const LIVES = { '7 days': 7, '90 days': 90, '1 year': 365, never: null } as const;
type Life = keyof typeof LIVES;

const MEANINGS: Readonly<Record<Scope, string>> = {
  ingest: 'push samples and events',
  read: 'ask for everything',
  admin: 'do everything',
};

interface TokenWish {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: number | null;
}

export function TokenForm() {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['ingest']);
  const [life, setLife] = useState<Life>('90 days');
  const make = useChange((wish: TokenWish) => post<MadeTokenBody>('tokens', wish), accountKeys.tokens);
  const days = LIVES[life];
  return (
    <div className="space-y-4 border-b border-line p-4">
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          const expiresAt = days === null ? null : serverNow() + days * DAY;
          make.mutate({ name, scopes, expiresAt }, { onSuccess: () => setName('') });
        }}
      >
        <div className="flex flex-wrap items-end gap-3">
          <div className="min-w-0 flex-1 basis-56">
            <TextField label="What for" value={name} onChange={setName} required />
          </div>
          <div>
            <span className="block text-xs text-ink-2">Expires in</span>
            <div className="mt-1">
              <Choice label="Expires in" value={life} values={Object.keys(LIVES) as Life[]} onChange={setLife} />
            </div>
          </div>
          <Button type="submit" look="primary" disabled={make.isPending || scopes.length === 0}>
            Make a token
          </Button>
        </div>
        <fieldset className="flex flex-wrap gap-x-5 gap-y-1 text-sm text-ink-2">
          <legend className="sr-only">What it may do</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={({ target }) =>
                  setScopes(target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
                }
                className="size-4 accent-accent"
              />
              <span>
                <span className="font-mono text-xs text-ink">{scope}</span> {MEANINGS[scope]}
              </span>
            </label>
          ))}
        </fieldset>
      </form>
      {make.error && <ProblemNote what="No token was made" error={make.error} />}
      {make.data && (
        <SecretOnce text={make.data.token} label="Copy the token">
          The token of {make.data.name}. Keep it now: it is shown this once.
        </SecretOnce>
      )}
    </div>
  );
}
