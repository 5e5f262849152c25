import { Check } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import type { Instant } from '../time/spans.ts';
import { allZones, browserZone, offsetText } from '../time/zone.ts';
import { matchingZones } from '../time/zone-search.ts';

interface ZoneSearchProps {
  readonly zone: string;
  readonly now: Instant;
  readonly onPick: (zone: string) => void;
}

/** A combobox: the field keeps the focus, the arrows move the choice. */
export function ZoneSearch({ zone, now, onPick }: ZoneSearchProps) {
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const list = useId();
  const found = matchingZones(allZones(), typed, browserZone());
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else if (event.key === 'Enter' && found[active]) onPick(found[active]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the popover was opened to type into this field.
        autoFocus
        type="text"
        role="combobox"
        aria-label="Search time zones"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={found[active] ? `${list}-${active}` : undefined}
        value={typed}
        placeholder="Search time zones"
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full rounded-t-lg border-b border-line bg-transparent px-3 text-sm outline-none placeholder:text-ink-3"
      />
      <div id={list} role="listbox" aria-label="Time zones" className="max-h-72 overflow-y-auto p-1">
        {found.map((name, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox field handles the keys.
          <div
            key={name}
            id={`${list}-${index}`}
            ref={(element) => {
              if (index === active) element?.scrollIntoView({ block: 'nearest' });
            }}
            role="option"
            tabIndex={-1}
            aria-selected={name === zone}
            onClick={() => onPick(name)}
            onPointerMove={() => setActive(index)}
            className={`flex cursor-pointer items-center gap-2 rounded px-2 py-1 text-sm ${index === active ? 'bg-accent-soft' : ''}`}
          >
            <span className="truncate">{name.replaceAll('_', ' ')}</span>
            {name === zone && <Check size={13} aria-hidden className="shrink-0 text-accent" />}
            <span className="ml-auto shrink-0 text-xs text-ink-3">{offsetText(name, now)}</span>
          </div>
        ))}
        {found.length === 0 && <p className="px-2 py-3 text-sm text-ink-3">No zone of that name.</p>}
      </div>
    </>
  );
}
