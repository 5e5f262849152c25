import { useQuery } from '@tanstack/react-query';
import { useNow } from '../../live/use-now.ts';
import { Panel } from '../../parts/panel.tsx';
import { moment } from '../../time/format-time.ts';
import { useZone } from '../../time/use-zone.ts';
import { auditQuery } from '../account-queries.ts';
import { Row, Rows } from './rows.tsx';
import type { SettingsPanel } from './settings-panel.ts';

export function AuditPanel(_panel: SettingsPanel) {
  const now = useNow(30_000);
  const [zone] = useZone();
  const query = useQuery(auditQuery());
  return (
    <Panel title="Who did what">
      <Rows query={query} what="The audit">
        {({ entries }) =>
          entries.length === 0 ? (
            <li className="px-4 py-3 text-sm text-ink-3">Nothing yet.</li>
          ) : (
            entries.map(({ seq, at, actor, action, target, detail, address }) => (
              <Row
                key={seq}
                title={
                  <>
                    <span className="font-mono text-xs">{action}</span> {target}
                  </>
                }
                detail={[`by ${actor}`, ...(address ? [address] : []), ...detailTexts(detail)].join(' · ')}
              >
                <time className="text-xs text-ink-3">{moment(at, zone, now)}</time>
              </Row>
            ))
          )
        }
      </Rows>
    </Panel>
  );
}

const detailTexts = (detail: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(detail).map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`);
