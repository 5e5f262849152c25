import { Link, useRoute } from 'wouter';
import { Skeleton } from '../../parts/skeleton.tsx';
import { useTitle } from '../../shell/use-title.ts';
import { useMe } from '../use-me.ts';
import { AuditPanel } from './audit-panel.tsx';
import { MembersPanel } from './members-panel.tsx';
import { OrgPanel } from './org-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';
import { YouPanel } from './you-panel.tsx';

const PARTS = [
  { id: 'you', title: 'You', admin: false, Panel: YouPanel },
  { id: 'members', title: 'Members', admin: true, Panel: MembersPanel },
  { id: 'tokens', title: 'Tokens', admin: true, Panel: TokensPanel },
  { id: 'org', title: 'Org', admin: true, Panel: OrgPanel },
  { id: 'audit', title: 'Audit', admin: true, Panel: AuditPanel },
] as const;

export default function SettingsPage() {
  useTitle('Settings');
  const me = useMe();
  const [, parameters] = useRoute<{ part: string }>('/settings/:part');
  if (!me) return <Skeleton className="mt-6 h-64 w-full" />;
  const parts = PARTS.filter(({ admin }) => !admin || me.permissions.includes('admin'));
  const shown = parts.find(({ id }) => id === parameters?.part) ?? parts[0];
  if (!shown) return null;
  return (
    <div className="pt-6">
      <h1 className="text-xl font-semibold tracking-tight">Settings</h1>
      {me.org && (
        <p className="mt-1 text-sm text-ink-2">
          {shown.id === 'you' ? (me.user?.email ?? 'Accounts are off') : me.org.name}
        </p>
      )}
      <nav aria-label="Settings" className="mt-4 flex gap-1 overflow-x-auto border-b border-line text-sm">
        {parts.map(({ id, title }) => (
          <Link
            key={id}
            href={`/settings/${id}`}
            aria-current={id === shown.id ? 'page' : undefined}
            className={`-mb-px border-b-2 px-3 py-2 whitespace-nowrap transition-colors ${
              id === shown.id ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-2 hover:text-ink'
            }`}
          >
            {title}
          </Link>
        ))}
      </nav>
      <div className="mt-5 space-y-5">
        <shown.Panel me={me} />
      </div>
    </div>
  );
}
