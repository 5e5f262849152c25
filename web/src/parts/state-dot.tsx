import type { Tone } from '../series/freshness.ts';

const LOOKS: Readonly<Record<Tone, string>> = {
  ok: 'bg-ok',
  idle: 'bg-ink-3',
  running: 'bg-accent animate-breathe',
  late: 'bg-late',
  failing: 'bg-fail',
};

const WORDS: Readonly<Record<Tone, string>> = {
  ok: 'up to date',
  idle: 'nothing planned',
  running: 'reading now',
  late: 'late',
  failing: 'failing',
};

export function StateDot({ tone }: { readonly tone: Tone }) {
  return (
    <span className="inline-flex size-3 shrink-0 items-center justify-center" title={WORDS[tone]}>
      <span className={`size-2 rounded-full ${LOOKS[tone]}`} />
      <span className="sr-only">{WORDS[tone]}: </span>
    </span>
  );
}
