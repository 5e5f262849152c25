import type { VarveConfig } from './config.ts';

export type { ActivityConfig, IdentityRule, PairRule } from './activity/activity-config.ts';
export type { VarveConfig } from './config.ts';
export type { ArchiveConfig } from './sources/archive/archive-config.ts';
export type { ExtractedPoint, Extraction, Extractor } from './sources/archive/extractor.ts';
export type { PushConfig } from './sources/push/push-config.ts';
export type { PublishRule, WindowsConfig } from './windows/windows-config.ts';

/** Types the default export of `varve.config.ts`; returns what it is given. */
export const defineConfig = (config: VarveConfig): VarveConfig => config;
