import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../domain/time.ts';
import type { History } from '../history/history.ts';
import type { Org } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import type { ServedWindows } from '../windows/served-windows.ts';
import type { WindowsSettings } from '../windows/windows-config.ts';
import type { Ingest } from '../work/ingest.ts';
import type { ConfigurationBody, HealthBody } from './contract.ts';

/** An archive of the running configuration. */
interface ConfiguredArchive {
  readonly name: string;
  /** Whether the ready-made extractor for platform snapshots reads it. */
  readonly isPlatform: boolean;
}

/** All that the HTTP side works with. Every query goes through `org`. */
export interface HttpContext {
  readonly engine: Engine;
  readonly org: Org;
  readonly history: History;
  readonly clock: Clock;
  /** Takes pushed samples. */
  readonly ingest: Ingest;
  readonly windows: { readonly served: ServedWindows; readonly settings: WindowsSettings };
  readonly logger: FastifyBaseLogger;
  archives(): readonly ConfiguredArchive[];
  configuration(): ConfigurationBody;
  health(): Promise<HealthBody>;
  /** Folder of the built page; it need not exist. */
  readonly webRoot: string;
  /** Names by which the server may be called, without ports; undefined: any. Set it on loopback, against DNS rebinding. */
  readonly allowedHosts: readonly string[] | undefined;
}
