interface ChoicesProps<Option extends string | number> {
  readonly legend: string;
  readonly options: readonly Option[];
  readonly chosen: Option | undefined;
  readonly onPick: (option: Option) => void;
}

/** A few options side by side, one of them pressed. */
export function Choices<Option extends string | number>({ legend, options, chosen, onPick }: ChoicesProps<Option>) {
  return (
    <fieldset className="inline-flex h-8 rounded-md border border-line-strong bg-panel p-0.5">
      <legend className="sr-only">{legend}</legend>
      {options.map((option) => (
        <button
          key={option}
          type="button"
          aria-pressed={option === chosen}
          onClick={() => onPick(option)}
          className={`rounded px-2 text-sm transition-colors sm:px-2.5 ${
            option === chosen ? 'bg-accent-soft font-medium text-accent' : 'text-ink-2 hover:text-ink'
          }`}
        >
          {option}
        </button>
      ))}
    </fieldset>
  );
}
