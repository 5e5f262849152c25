import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { devicesQuery } from '../api/samples-queries.ts';
import { useNow } from '../live/use-now.ts';
import { useZone } from '../time/use-zone.ts';
import { DayStrip } from './day-strip.tsx';
import { DeviceBadge } from './device-badge.tsx';
import { DEVICE_STATES, devicesText, paceText } from './device-state.ts';
import { agoText } from './update-state.ts';

interface PushCardsProps {
  readonly names: readonly string[];
}

/** More than that are counted, not shown: the page of samples is where they are looked at one by one. */
const MOST = 4;
const CARD = 'flex min-h-32 min-w-0 flex-col rounded-lg border border-line bg-panel px-4 py-3';

/** The devices among the sources: a card each, or one for all of many. */
export default function PushCards({ names }: PushCardsProps) {
  const { data } = useQuery(devicesQuery());
  const now = useNow();
  const [zone] = useZone();
  const devices = data?.devices ?? [];
  if (names.length > MOST) {
    return (
      <li data-source="devices" className={CARD}>
        <CardHead title={`${names.length} devices`} />
        <p className="mt-1.5 text-sm text-ink-2">{devicesText(devices)}</p>
        <p className="text-sm text-ink-3">
          {DEVICE_STATES.filter((state) => state !== 'live')
            .flatMap((state) => devices.filter((device) => device.state === state))
            .slice(0, MOST)
            .map(({ name, state }) => `${name} is ${state}`)
            .join(', ')}
        </p>
      </li>
    );
  }
  return names.map((name) => {
    const device = devices.find((candidate) => candidate.name === name);
    return (
      <li key={name} data-source={name} className={CARD}>
        <CardHead title={name}>{device && <DeviceBadge state={device.state} />}</CardHead>
        {device && (
          <>
            <p className="mt-1.5 text-sm text-ink-2">
              {device.lastSeenAt === null ? 'never seen' : `seen ${agoText(device.lastSeenAt, now)}`}
            </p>
            <p className="truncate text-sm text-ink-3">{paceText(device)}</p>
            <div className="mt-auto">
              <DayStrip device={device} zone={zone} now={now} />
            </div>
          </>
        )}
      </li>
    );
  });
}

function CardHead({ title, children }: { readonly title: string; readonly children?: React.ReactNode }) {
  return (
    <div className="flex items-center gap-2">
      <h3 className="min-w-0 truncate font-medium">
        <Link href="/samples" className="rounded hover:text-accent">
          {title}
        </Link>
      </h3>
      {children}
      <span className="ml-auto shrink-0 text-xs text-ink-3">push</span>
    </div>
  );
}
