interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly values: readonly Value[];
  readonly disabled?: boolean;
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ label, value, values, disabled = false, onChange }: ChoiceProps<Value>) {
  return (
    <select
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value as Value)}
      className="h-8 rounded-md border border-line-strong bg-panel px-2 text-sm disabled:opacity-50"
    >
      {values.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  );
}
