import { pathToFileURL } from 'node:url';
import './configuration-imports.ts';
import type { Extractor } from './extractor.ts';
import { platformSnapshot } from './platform-snapshot.ts';

/** Where an archive's extractor comes from. Plain data, since functions cannot pass between threads. */
export type ExtractorOrigin =
  | { readonly kind: 'ready-made'; readonly name: ReadyMadeExtractor; readonly archive: string }
  | {
      readonly kind: 'file';
      /** Absolute path of the configuration file, whose default export lists the archive with its `extract` function. */
      readonly file: string;
      readonly archive: string;
    };

const READY_MADE = { 'platform-snapshot': platformSnapshot } as const;

type ReadyMadeExtractor = keyof typeof READY_MADE;

interface ConfigurationFile {
  readonly default?: { readonly archives?: readonly { readonly name?: unknown; readonly extract?: unknown }[] };
}

/** Makes or imports an extractor. Throws an Error that names the file and archive when there is none. */
export async function loadExtractor(origin: ExtractorOrigin): Promise<Extractor> {
  const { archive } = origin;
  if (origin.kind === 'ready-made') return READY_MADE[origin.name](archive);
  const loaded = (await import(pathToFileURL(origin.file).href)) as ConfigurationFile;
  const found = loaded.default?.archives?.find(({ name }) => name === archive);
  if (typeof found?.extract !== 'function') {
    throw new Error(`${origin.file} exports no archive ${JSON.stringify(archive)} with an extract function`);
  }
  return found.extract as Extractor;
}
