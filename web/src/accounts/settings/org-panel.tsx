import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { patch, post } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { accountKeys } from '../account-queries.ts';
import { fieldProblem, isToldByFields } from '../field-problem.ts';
import { TextField } from '../text-field.tsx';
import { turnTo } from '../turn-to-org.ts';
import type { SettingsPanel } from './settings-panel.ts';
import { useChange } from './use-change.ts';

export function OrgPanel({ me }: SettingsPanel) {
  return (
    <>
      <Rename key={me.org?.id} name={me.org?.name ?? ''} id={me.org?.id ?? ''} />
      {me.installation.includes('admin') && !me.local && <NewOrg />}
    </>
  );
}

function Rename({ name: before, id }: { readonly name: string; readonly id: string }) {
  const [name, setName] = useState(before);
  const rename = useChange((given: { name: string }) => patch('org', given), accountKeys.me);
  return (
    <Panel title="This org">
      <form
        className="flex flex-wrap items-end gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate({ name });
        }}
      >
        <div className="min-w-0 flex-1 basis-64">
          <TextField label="Name" value={name} onChange={setName} hint={`Programs call it ${id}`} required />
        </div>
        <div className="pb-5.5">
          <Button type="submit" disabled={rename.isPending || name.trim() === before}>
            Rename
          </Button>
        </div>
      </form>
      {rename.error && (
        <div className="p-4 pt-0">
          <ProblemNote what="Not renamed" error={rename.error} />
        </div>
      )}
    </Panel>
  );
}

function NewOrg() {
  const client = useQueryClient();
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const make = useChange((given: { id: string; name: string }) => post('orgs', given), accountKeys.me);
  return (
    <Panel title="Another org">
      <form
        className="grid gap-4 p-4 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ id, name }, { onSuccess: () => void turnTo(client, id) });
        }}
      >
        <TextField label="Name" value={name} onChange={setName} required />
        <TextField
          label="Id for programs"
          value={id}
          onChange={setId}
          hint="Small letters, digits and hyphens; it cannot be changed"
          problem={fieldProblem(make.error, 'id')}
          required
        />
        {make.error && !isToldByFields(make.error, 'id') && (
          <div className="sm:col-span-2">
            <ProblemNote what="Not made" error={make.error} />
          </div>
        )}
        <div className="sm:col-span-2">
          <Button type="submit" disabled={make.isPending}>
            Make the org and turn to it
          </Button>
        </div>
      </form>
    </Panel>
  );
}
