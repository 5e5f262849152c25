import { Search, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { isTyping } from '../shell/is-typing.ts';

interface SearchBoxProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly what?: string;
  readonly placeholder?: string;
}

const SERIES = 'Search title, metric, label';

export function SearchBox({ value, onChange, what = 'series', placeholder = SERIES }: SearchBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  return (
    <search className="relative ml-auto w-full sm:w-72">
      <Search size={14} aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 text-ink-3" />
      <input
        ref={input}
        type="text"
        inputMode="search"
        value={value}
        placeholder={placeholder}
        aria-label={`Search ${what}`}
        aria-keyshortcuts="/"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          onChange('');
          event.currentTarget.blur();
        }}
        className="peer h-8.5 w-full rounded-md border border-line-strong bg-panel pr-8 pl-8 text-sm placeholder:text-ink-3"
      />
      {value === '' ? (
        <kbd
          aria-hidden
          className="pointer-events-none absolute top-1.5 right-2 rounded border border-line px-1.5 font-mono text-xs text-ink-3 peer-focus:hidden"
        >
          /
        </kbd>
      ) : (
        <button
          type="button"
          aria-label="Clear the search"
          onClick={() => onChange('')}
          className="absolute top-1.5 right-1.5 rounded p-1 text-ink-3 hover:text-ink"
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </search>
  );
}
