import type { FastifyBaseLogger } from 'fastify';
import type { SecretBox } from '../accounts/secret-box.ts';
import type { SignInProvider } from '../accounts/sign-in-provider.ts';
import type { Activity } from '../activity/activity.ts';
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

/** How people sign in. */
export interface AccountsContext {
  readonly box: SecretBox;
  /** Other services to sign in with. */
  readonly providers: readonly SignInProvider[];
  /** How browsers reach the server, without a slash at the end; undefined: as each request did. */
  readonly publicUrl: string | undefined;
  /** Addresses of proxies whose word about the caller's address counts. */
  readonly trustedProxies: readonly string[];
}

/** All that the HTTP side works with. Every query goes through the org of its caller. */
export interface HttpContext {
  readonly engine: Engine;
  /** The org of the installation: configured archives and this machine's measurements are its own. */
  readonly org: Org;
  /** Null: accounts are off, and whoever reaches the server may do everything (`--no-auth`). */
  readonly accounts: AccountsContext | null;
  readonly history: History;
  /** Another one after the configuration was read anew: ask at each request. */
  readonly activity: Activity;
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

/** The configured archives that an org may see: they belong to the org of the installation. */
export const archivesOf = ({ archives, org }: HttpContext, asking: Org): readonly ConfiguredArchive[] =>
  asking.number === org.number ? archives() : [];
