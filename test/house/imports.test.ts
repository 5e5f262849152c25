import { expect, test } from 'vitest';
import { importsOf, type SourceFile, sourceFiles } from './source-files.ts';

/**
 * What may import what: a file reaches its own rank and lower ones, never a higher one. A part is a
 * folder of src/, or a file that lies in src/ itself.
 */
const RANKS: string[][] = [
  ['domain'],
  ['store', 'blobs'],
  ['history', 'jobs', 'live'],
  ['sources', 'transformers', 'windows', 'metrics', 'market', 'activity', 'accounts'],
  ['config.ts', 'logger.ts', 'version.ts'],
  ['http', 'work', 'agent'],
  ['main.ts'],
  ['cli', 'index.ts'],
];

/** The packages that domain may use: computation only, no input or output. */
const PURE_PACKAGES = ['temporal-polyfill'];

const files = sourceFiles(['src']);

/** `src/store/engines/sqlite.ts` belongs to `store`, `src/main.ts` to `main.ts`. */
function partOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function rankOf(path: string): number {
  return RANKS.findIndex((parts) => parts.includes(partOf(path)));
}

function violations(rule: (file: SourceFile, target: string) => boolean): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((target) => rule(file, target))
      .map((target) => `${file.path} imports ${target}`),
  );
}

test('every file of src belongs to a part with a rank', () => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.map((file) => file.path).filter((path) => rankOf(path) < 0)).toEqual([]);
});

test('imports go one way', () => {
  const goesUp = ({ path }: SourceFile, target: string) => target.startsWith('src/') && rankOf(target) > rankOf(path);
  expect(violations(goesUp)).toEqual([]);
});

test('nothing in src imports from outside it', () => {
  const leaves = (_file: SourceFile, target: string) => /^(\.\.|test|web|bench|scripts|bin)(\/|$)/.test(target);
  expect(violations(leaves)).toEqual([]);
});

test('domain imports nothing but itself and pure packages', () => {
  const isImpure = ({ path }: SourceFile, target: string) =>
    partOf(path) === 'domain' && !target.startsWith('src/domain/') && !PURE_PACKAGES.includes(target);
  expect(violations(isImpure)).toEqual([]);
});

test('domain reads no clock and draws no chance', () => {
  const impure =
    /\b(Date\.now|new Date\(\)|Temporal\.Now|performance\.now|Math\.random|setTimeout|setInterval|fetch)\b/;
  const found = files.filter(({ path, text }) => partOf(path) === 'domain' && impure.test(text));
  expect(found.map((file) => file.path)).toEqual([]);
});

test('only config.ts reads the environment', () => {
  const readers = files.filter(({ text }) =>
    /\bprocess\s*\.\s*env\b|\bprocess\[['"]env|{[^}]*\benv\b[^}]*}\s*=\s*process\b/.test(text),
  );
  expect(readers.map((file) => file.path).filter((path) => path !== 'src/config.ts')).toEqual([]);
});

test('the imports of a file are found in every form', () => {
  const text = `
    import { a } from './a.ts';
    import type { B } from '../b.ts';
    import {
      c,
      d,
    } from 'package';
    import './side-effect.ts';
    export * from './e.ts';
    export { f } from 'node:fs';
    const g = await import('./g.ts');
    // import { h } from './h.ts';
    /* import { i } from './i.ts'; */
    const from = 'nothing';
  `;
  expect(importsOf({ path: 'src/x/file.ts', text })).toEqual([
    'src/x/a.ts',
    'src/b.ts',
    'package',
    'src/x/side-effect.ts',
    'src/x/e.ts',
    'node:fs',
    'src/x/g.ts',
  ]);
});
