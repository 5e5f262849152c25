/** Layers of sediment. */
export function Logo() {
  return (
    <svg viewBox="0 0 20 20" className="size-5" aria-hidden fill="none" strokeWidth="1.9" strokeLinecap="round">
      <path d="M2 5c2.7-2.2 5.3-2.2 8 0s5.3 2.2 8 0" stroke="var(--data)" />
      <path d="M2 10c2.7-2.2 5.3-2.2 8 0s5.3 2.2 8 0" stroke="var(--data)" opacity=".7" />
      <path d="M2 15c2.7-2.2 5.3-2.2 8 0s5.3 2.2 8 0" stroke="var(--data)" opacity=".42" />
    </svg>
  );
}
