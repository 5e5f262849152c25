import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const projectFolder = fileURLToPath(new URL('../../', import.meta.url));
const varve = join(projectFolder, 'bin', 'varve.mjs');
const wrapper = join(projectFolder, 'bin', 'run.mjs');

/** Makes a process believe that it is an older Node; what it starts is not touched. */
const AS_NODE_20 = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.0.0' })`;

/** Says its arguments and its real Node, then does what its first argument says. */
const PROGRAM = `
  const [act, detail] = process.argv.slice(2);
  if (act === 'wait') process.once(detail, () => process.exit(7));
  console.log(JSON.stringify({ arguments: process.argv.slice(2), node: process.version, file: process.argv[1] }));
  if (act === 'exit') process.exit(Number(detail));
  if (act === 'wait') setTimeout(() => {}, 60_000);
  if (act === 'die') process.kill(process.pid, detail);
`;

let folder: string;
let program: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'varve-runtime-'));
  program = join(folder, 'program.mjs');
  writeFileSync(program, PROGRAM);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(nodeArguments: string[], ...args: string[]): ChildProcess & { output: Promise<string> } {
  const child = spawn(process.execPath, [...nodeArguments, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/nowhere' },
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]).then((parts) => parts.join(''));
  return Object.assign(child, { output });
}

async function outcome(child: ReturnType<typeof start>): Promise<{ output: string; code: unknown; signal: unknown }> {
  const [code, signal] = await once(child, 'exit');
  return { output: await child.output, code, signal };
}

describe.each([
  ['in a recent Node', []],
  ['from an older Node', ['--import', AS_NODE_20]],
])('%s', (_name, nodeArguments) => {
  test('arguments and exit code pass, without any search path', async () => {
    const { output, code } = await outcome(start(nodeArguments, wrapper, program, 'exit', '5', '--flag', 'a b'));
    expect(code).toBe(5);
    const said = JSON.parse(output);
    expect(said).toMatchObject({ arguments: ['exit', '5', '--flag', 'a b'], file: program });
    expect(Number.parseInt(said.node.slice(1), 10)).toBeGreaterThanOrEqual(24);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s reaches the program, which decides', async (signal) => {
    const child = start(nodeArguments, wrapper, program, 'wait', signal);
    const ended = outcome(child);
    if (child.stdout) await once(child.stdout, 'data');
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 7, signal: null });
  });

  test('a program that dies of a signal looks so from outside', async () => {
    expect(await outcome(start(nodeArguments, wrapper, program, 'die', 'SIGKILL'))).toMatchObject({
      code: null,
      signal: 'SIGKILL',
    });
  });

  test('varve says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
    expect(await outcome(start(nodeArguments, varve, '--version'))).toMatchObject({ output: `${version}\n`, code: 0 });
  });
});

test('an older Node without the pinned one says what to do', async () => {
  const bare = join(folder, 'bare');
  mkdirSync(bare);
  cpSync(join(projectFolder, 'bin'), join(bare, 'bin'), { recursive: true });
  const { output, code } = await outcome(start(['--import', AS_NODE_20], join(bare, 'bin', 'varve.mjs')));
  expect(code).toBe(1);
  expect(output).toContain('this needs Node 24 or newer');
  expect(output).toContain('npm ci');
});

test('no program at all is a mistake of usage', async () => {
  expect(await outcome(start([], wrapper))).toMatchObject({ code: 2, output: expect.stringContaining('usage:') });
});
