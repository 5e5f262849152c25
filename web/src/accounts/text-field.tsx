import { useId } from 'react';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'email' | 'password' | 'date';
  readonly autoComplete?: string;
  readonly hint?: string;
  readonly problem?: string | undefined;
  readonly autoFocus?: boolean;
  readonly required?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { label, value, onChange, type = 'text', autoComplete, hint, problem, autoFocus = false, required } = props;
  const id = useId();
  const said = problem ?? hint;
  return (
    <div>
      <label htmlFor={id} className="block text-xs text-ink-2">
        {label}
      </label>
      <input
        id={id}
        type={type}
        value={value}
        required={required}
        // biome-ignore lint/a11y/noAutofocus: the page is this one form
        autoFocus={autoFocus}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={said === undefined ? undefined : `${id}-said`}
        onChange={(event) => onChange(event.target.value)}
        className={`mt-1 h-9 w-full rounded-md border bg-panel px-2.5 text-sm ${problem === undefined ? 'border-line-strong' : 'border-fail'}`}
      />
      {said !== undefined && (
        <p id={`${id}-said`} className={`mt-1 text-xs ${problem === undefined ? 'text-ink-3' : 'text-fail-ink'}`}>
          {said}
        </p>
      )}
    </div>
  );
}
