import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { MAXIMUM_SAMPLES } from '../../src/domain/buckets.ts';
import { SAMPLE_SEED, SAMPLE_STREAMS } from '../../src/sources/sample/archive.ts';
import { Folder } from './varve.ts';

let folder: Folder;
beforeAll(() => {
  folder = new Folder();
});
afterAll(() => folder[Symbol.dispose]());

/** Says on standard error, at the end, which modules were loaded. */
const NAMING_MODULES = `data:text/javascript,
  import { registerHooks } from 'node:module';
  const seen = [];
  registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) });
  process.on('exit', () => process.stderr.write(seen.join('\\n')));`;

const commands = createProgram().commands.flatMap((command) => [command, ...command.commands]);

test('says its version', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await folder.run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('help lists every command and loads nothing that only running one needs', async () => {
  const { code, stdout, stderr } = await folder.start(['--help'], {}, ['--import', NAMING_MODULES]).ended;
  expect(code).toBe(0);
  for (const command of createProgram().commands) expect(stdout).toContain(`\n  ${command.name()}`);
  const packages = [...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name]) => name);
  expect([...new Set(packages)]).toEqual(['commander']);
  expect(stderr).not.toContain('src/config.ts');
});

test.each(commands.map((command) => [command.name(), command] as const))(
  'help of %s has examples',
  (_name, command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toContain('Usage: varve');
    if (command.name() !== 'config') expect(help).toContain('Examples:\n  $ varve ');
  },
);

test('what help says of limits and defaults is what holds', () => {
  const optionOf = (command: string, flag: string) =>
    commands.find((each) => each.name() === command)?.options.find(({ long }) => long === flag) ?? expect.fail(flag);
  const samples = optionOf('query', '--samples');
  expect(samples.parseArg?.(String(MAXIMUM_SAMPLES), undefined)).toBe(MAXIMUM_SAMPLES);
  expect(() => samples.parseArg?.(String(MAXIMUM_SAMPLES + 1), undefined)).toThrow(String(MAXIMUM_SAMPLES));
  expect(optionOf('sample-archive', '--streams').defaultValue).toBe(SAMPLE_STREAMS);
  expect(optionOf('sample-archive', '--seed').defaultValue).toBe(SAMPLE_SEED);
});

test('every command has its file', () => {
  const files = readdirSync(new URL('../../src/cli/commands/', import.meta.url));
  const names = createProgram().commands.map((command) => `${command.name()}.ts`);
  expect(files.sort()).toEqual(names.sort());
});

describe('wrong usage ends with 2 and says what would be right', () => {
  test.each([
    [['qery'], "unknown command 'qery'\n(Did you mean query?)"],
    [['serve', '--prt', '1'], "unknown option '--prt'\n(Did you mean --port?)"],
    [['query'], "missing required argument 'series'"],
    [['query', 'a', '--samples', 'many'], 'It must be a whole number from 1 to 5000.'],
    [['query', 'a', '--aggregate', 'median'], 'Allowed choices are avg, min'],
    [['query', 'a', '--json', '--csv'], "option '--csv' cannot be used with option '--json'"],
    [['jobs', 'cancel'], "missing required argument 'id'"],
    [['coverage', 'a', 'b'], 'too many arguments'],
    [['serve', '--port', '99999'], '--port: "99999" is no port; use 0 to 65535'],
    [
      ['sample-archive', '--to', 'ftp://x/y'],
      '--to: location ftp://x/y: ftp:// is not known; use a folder, file:// or s3://',
    ],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await folder.run(...args);
    expect(stderr).toContain(`varve: `);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('no command at all shows the help', async () => {
    const { code, stdout, stderr } = await folder.run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: varve');
  });
});

describe('a configuration that cannot be used ends with 2 and names the setting', () => {
  test.each([
    ['a wrong name', 'export default { prot: 1 }', 'Unrecognized key: "prot"'],
    ['a wrong type', 'export default { port: "x" }', 'port: Invalid input: expected number, received string'],
    [
      'no duration',
      `export default { archives: [{ name: 'a', key: '{yyyy}{MM}{dd}', extract: 'platform-snapshot', grace: 'long' }] }`,
      'archives.0.grace: "long" is no duration; write 30s, 5m, 2h or 7d',
    ],
    [
      'a wrong key template',
      `export default { archives: [{ name: 'a', key: '{yy}', extract: 'platform-snapshot' }] }`,
      '{yy} is not known',
    ],
    ['nothing exported', 'export const port = 1', 'has no default export'],
    ['no TypeScript', 'export default {', 'could not be loaded'],
  ])('%s', async (_name, content, message) => {
    const file = folder.write('wrong.config.ts', content);
    const { code, stdout, stderr } = await folder.run('config', 'show', '--config', file);
    expect(stderr).toContain(file);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('no such file', async () => {
    const { code, stderr } = await folder.run('sources', '--config', 'gone.ts');
    expect(stderr).toContain('gone.ts; mend --config or VARVE_CONFIG');
    expect(code).toBe(2);
  });
});

test('config show says where each setting came from, and no secret', async () => {
  using own = new Folder();
  own.write('.env', 'VARVE_HOST=0.0.0.0\n');
  own.configure(`{ name: 'platform', key: '{unix}', extract: 'platform-snapshot' }`);
  const env = { DATABASE_URL: 'postgres://someone:secret@db.example/varve' };
  const { code, stdout } = await own.start(['config', 'show', '--data', 'elsewhere', '--json'], env).ended;
  expect(code).toBe(0);
  expect(stdout).not.toContain('secret');
  const { file, settings } = JSON.parse(stdout);
  expect(file).toMatch(/varve\.config\.ts$/);
  expect(settings).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'data', value: 'elsewhere', from: 'flag' }),
      expect.objectContaining({ name: 'host', value: '0.0.0.0', from: 'environment' }),
      expect.objectContaining({ name: 'database', value: 'postgres://db.example/varve', from: 'environment' }),
      expect.objectContaining({ name: 'host source', value: 'false', from: 'file' }),
      expect.objectContaining({ name: 'port', value: '7357', from: 'default' }),
    ]),
  );
});

describe('reading where there is no store leaves none behind', () => {
  test.each(['query a', 'coverage', 'series', 'sources', 'jobs', 'jobs cancel a'])('%s', async (line) => {
    using own = new Folder();
    const { code, stderr } = await own.run(...line.split(' '));
    expect(stderr).toContain('there is no store at');
    expect(code).toBe(1);
    expect(readdirSync(own.path)).toEqual([]);
  });
});

test('a damaged store is named, with a stack trace only on request', async () => {
  using own = new Folder();
  own.write('varve.db', 'this was a database once, before somebody wrote over it');
  const { code, stderr } = await own.run('series', '--data', '.');
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^varve: the store .*varve\.db could not be opened: file is not a database; .*\n$/),
  });
  expect((await own.run('series', '--data', '.', '--debug')).stderr).toMatch(/^ +at /m);
});
