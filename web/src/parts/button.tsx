import type { ComponentProps } from 'react';

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: 'quiet' | 'primary' | 'danger';
}

const LOOKS = {
  quiet: 'border-line-strong bg-panel text-ink hover:bg-hover',
  primary: 'border-transparent bg-accent text-on-accent hover:brightness-110',
  danger: 'border-line-strong bg-panel text-fail-ink hover:bg-fail-soft',
} as const;

export function Button({ look = 'quiet', className = '', ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`inline-flex h-8 items-center justify-center gap-1.5 rounded-md border px-3 text-sm font-medium whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-50 ${LOOKS[look]} ${className}`}
    />
  );
}
