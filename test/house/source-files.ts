import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the project, by its path from the project's root with forward slashes. */
export interface SourceFile {
  path: string;
  text: string;
}

const projectFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const NOT_OURS = new Set(['node_modules', 'dist', 'fixtures', 'data', 'coverage']);

/** Every file written by hand in the named folders, as far as they exist. */
export function sourceFiles(folders: string[], pattern = /\.(ts|tsx|mjs)$/): SourceFile[] {
  return folders
    .map((folder) => join(projectFolder, folder))
    .filter((folder) => existsSync(folder))
    .flatMap(filesBelow)
    .filter((file) => pattern.test(file))
    .map((file) => ({ path: relative(projectFolder, file).split(sep).join('/'), text: readFileSync(file, 'utf8') }));
}

/** Where the imports of a file lead: paths from the project's root, or the names of packages. */
export function importsOf({ path, text }: SourceFile): string[] {
  const withoutComments = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const statements =
    /(?:^|[\s;])(?:import|export)\b[^'"`;()]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...withoutComments.matchAll(statements)]
    .map(([, from, bare]) => from ?? bare ?? '')
    .map((target) => (target.startsWith('.') ? posix.join(posix.dirname(path), target) : target));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.has(name) && !name.startsWith('.'))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}
