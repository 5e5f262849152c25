import { expect, test } from 'vitest';
import { sourceFiles } from './source-files.ts';

const LONGEST_FILE = 400;
const LONGEST_MEDIAN = 120;

/** Names that say nothing about what a file knows. */
const EMPTY_NAMES = /(^|[-./])(utils?|helpers?|managers?|common|misc)([-./]|$)/i;

/** Marks of unfinished work, spelled so that this file does not hold them. */
const UNFINISHED = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK', 'XX' + 'X'].join('|')})\\b`);

const files = sourceFiles(['src', 'web', 'test', 'bench', 'bin', 'scripts']);
const lengthOf = (text: string) => text.split('\n').length - 1;

test('no file is longer than can be read in one go', () => {
  const long = files.filter(({ text }) => lengthOf(text) > LONGEST_FILE);
  expect(long.map(({ path, text }) => `${path}: ${lengthOf(text)} lines`)).toEqual([]);
});

test('most files of src are short', () => {
  const lengths = files.filter(({ path }) => path.startsWith('src/')).map(({ text }) => lengthOf(text));
  const median = lengths.sort((left, right) => left - right)[Math.floor(lengths.length / 2)];
  expect(median).toBeLessThanOrEqual(LONGEST_MEDIAN);
});

test('a name says what the file knows', () => {
  expect(files.map(({ path }) => path).filter((path) => EMPTY_NAMES.test(path))).toEqual([]);
});

test('nothing is left unfinished', () => {
  expect(files.filter(({ text }) => UNFINISHED.test(text)).map(({ path }) => path)).toEqual([]);
});
