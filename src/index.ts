import type { VarveConfig } from './config.ts';

export type { ArchiveConfig, VarveConfig } from './config.ts';
export type { ExtractedPoint, Extraction, Extractor } from './sources/archive/extractor.ts';

/** Types the default export of `varve.config.ts`; returns what it is given. */
export const defineConfig = (config: VarveConfig): VarveConfig => config;
