import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, ChevronDown, CircleUserRound } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useLocation } from 'wouter';
import { remove } from '../api/client.ts';
import { toggleTheme } from '../shell/theme.ts';
import { accountKeys } from './account-queries.ts';
import { turnTo } from './turn-to-org.ts';
import { useMe } from './use-me.ts';

const ITEM =
  'flex h-8 cursor-pointer items-center gap-2 rounded-md px-2 text-sm outline-none data-[highlighted]:bg-hover';

/** Which org is shown, and everything about whoever looks. */
export function AccountMenu() {
  const me = useMe();
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const signOut = useMutation({
    mutationFn: () => remove('session'),
    onSettled: async () => {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== accountKeys.me[0] });
      await client.resetQueries({ queryKey: accountKeys.me });
    },
  });
  if (!me) return null;
  const several = me.orgs.length > 1;
  const turn = async (org: string): Promise<void> => {
    navigate('/');
    await turnTo(client, org);
  };
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        aria-label={`Account${me.org ? `, org ${me.org.name}` : ''}`}
        className="inline-flex h-8 max-w-48 items-center gap-1.5 rounded-md px-1.5 text-sm text-ink-2 transition-colors hover:bg-hover hover:text-ink"
      >
        <CircleUserRound size={16} aria-hidden className="shrink-0" />
        {several && <span className="truncate max-sm:hidden">{me.org?.name}</span>}
        <ChevronDown size={12} aria-hidden className="shrink-0" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-50 w-60 animate-appear rounded-lg border border-line-strong bg-raised p-1 shadow-float"
        >
          <p className="truncate px-2 pt-1.5 pb-1 text-xs text-ink-3">
            {me.user ? me.user.email : 'Accounts are off (--no-auth)'}
          </p>
          {several && (
            <>
              <DropdownMenu.Separator className="my-1 h-px bg-line" />
              <DropdownMenu.Label className="px-2 py-1 text-xs text-ink-3">Org</DropdownMenu.Label>
              {me.orgs.map(({ id, name, role }) => (
                <DropdownMenu.Item key={id} className={ITEM} disabled={me.local} onSelect={() => void turn(id)}>
                  <Check size={14} aria-hidden className={id === me.org?.id ? 'text-accent' : 'invisible'} />
                  <span className="min-w-0 flex-1 truncate">{name}</span>
                  <span className="text-xs text-ink-3">{role}</span>
                </DropdownMenu.Item>
              ))}
            </>
          )}
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          {/* On a phone the header has no room for them. */}
          <DropdownMenu.Item className={`${ITEM} min-[481px]:hidden`} onSelect={() => navigate('/configuration')}>
            Configuration
          </DropdownMenu.Item>
          <DropdownMenu.Item className={`${ITEM} min-[481px]:hidden`} onSelect={toggleTheme}>
            Other theme
          </DropdownMenu.Item>
          <DropdownMenu.Item className={ITEM} onSelect={() => navigate('/settings')}>
            Settings
          </DropdownMenu.Item>
          {me.user && (
            <DropdownMenu.Item className={ITEM} onSelect={() => signOut.mutate()}>
              Sign out
            </DropdownMenu.Item>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
