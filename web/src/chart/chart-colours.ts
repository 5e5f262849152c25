import type { MissingReason } from '../api/bodies.ts';

export interface ChartColours {
  readonly line: string;
  readonly band: string;
  readonly ink: string;
  readonly grid: string;
  readonly panel: string;
  readonly font: string;
  readonly gaps: Readonly<Record<MissingReason, { readonly ground: string; readonly mark: string }>>;
}

/** The theme's colours for the canvas, which knows no CSS variables. */
export function chartColours(element: Element): ChartColours {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    line: read('--data'),
    band: read('--data-band'),
    ink: read('--ink-3'),
    grid: read('--line'),
    panel: read('--panel'),
    font: `11px ${style.fontFamily}`,
    gaps: {
      failed: { ground: read('--fail-soft'), mark: read('--fail') },
      'never-asked': { ground: read('--sunken'), mark: read('--never') },
      empty: { ground: read('--sunken'), mark: read('--empty') },
      'not-closed': { ground: read('--accent-soft'), mark: read('--open') },
    },
  };
}
