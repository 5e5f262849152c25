import { useDeferredValue, useState } from 'react';
import type { DeviceBody } from '../api/bodies.ts';
import { useNow } from '../live/use-now.ts';
import { SearchBox } from '../overview/search-box.tsx';
import { Choices } from '../parts/choices.tsx';
import { StaleBanner } from '../parts/stale-banner.tsx';
import type { Instant } from '../time/spans.ts';
import { useZone } from '../time/use-zone.ts';
import { DeviceCard } from './device-card.tsx';
import { DEVICE_GRID } from './device-grid.ts';
import { DEVICE_STATES, type DeviceState } from './device-state.ts';

interface DeviceListProps {
  readonly devices: readonly DeviceBody[];
  readonly error: unknown;
  readonly readAt: Instant;
}

/** So many can be overlooked at once; beyond, there is a search. */
const FEW = 6;
const ALL = 'all';

export function DeviceList({ devices, error, readAt }: DeviceListProps) {
  const now = useNow(1_000);
  const [zone] = useZone();
  const [typed, setTyped] = useState('');
  const [only, setOnly] = useState<DeviceState | typeof ALL>(ALL);
  const search = useDeferredValue(typed.trim().toLowerCase());
  const shown = devices.filter(
    ({ name, state }) => (only === ALL || state === only) && name.toLowerCase().includes(search),
  );
  return (
    <section aria-label="Devices">
      {devices.length > FEW && (
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <Choices legend="State" options={[ALL, ...DEVICE_STATES]} chosen={only} onPick={setOnly} />
          <SearchBox value={typed} onChange={setTyped} what="devices" placeholder="Search by name" />
        </div>
      )}
      {error != null && (
        <div className="mt-3 overflow-hidden rounded-md">
          <StaleBanner error={error} answeredAt={readAt} zone={zone} now={now} />
        </div>
      )}
      <ul className={DEVICE_GRID}>
        {shown.map((device) => (
          <DeviceCard key={device.name} device={device} zone={zone} now={now} />
        ))}
      </ul>
      {shown.length === 0 && <p className="px-1 py-6 text-sm text-ink-3">No device is like that.</p>}
    </section>
  );
}
