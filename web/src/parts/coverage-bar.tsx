import type { CoverageBody } from '../api/bodies.ts';
import { coverStyle } from '../series/cover-style.ts';
import { sharesOf } from '../series/coverage-months.ts';
import { percentText } from '../values/format-value.ts';

/** Coverage as one bar; the parts look as they do in strips and charts. */
export function CoverageBar({ coverage }: { readonly coverage: CoverageBody }) {
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden className="flex h-2 min-w-0 flex-1 overflow-hidden rounded-xs">
        {sharesOf(coverage).map(({ state, part }) => (
          <span key={state} className={coverStyle(state)} style={{ width: `${part * 100}%`, minWidth: '1px' }} />
        ))}
      </span>
      <span className="w-11 shrink-0 text-right text-xs text-ink-2">
        {coverage.ratio === null ? '–' : percentText(coverage.ratio)}
      </span>
    </span>
  );
}
