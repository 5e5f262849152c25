import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { configurationQuery, healthQuery } from '../api/queries.ts';
import { valueText } from '../values/format-value.ts';

export function Footer() {
  const { data: health } = useQuery(healthQuery());
  const { data: configuration } = useQuery(configurationQuery());
  return (
    <footer className="border-t border-line">
      <div className="mx-auto flex min-h-12 max-w-[1440px] flex-wrap items-center gap-x-5 gap-y-1 px-4 py-3 text-xs text-ink-3 sm:px-6">
        <a href="/docs" className="hover:text-ink">
          Documentation
        </a>
        <a href="/api/openapi.json" className="hover:text-ink">
          OpenAPI
        </a>
        <Link href="/configuration" className="hover:text-ink">
          runs {configuration ? (configuration.file ?? 'the defaults') : '…'}
        </Link>
        <span className="ml-auto max-sm:ml-0">
          {health?.store && health.version
            ? `Varve ${health.version} · ${health.store.engine} ${valueText(health.store.bytes, 'bytes')}`
            : 'Varve'}
          {health?.status === 'degraded' && (
            <span className="text-fail-ink">
              {' '}
              · degraded{health.work?.lastError ? `: ${health.work.lastError}` : ''}
            </span>
          )}
        </span>
      </div>
    </footer>
  );
}
