import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Two archives of one number a minute. The old one is read slowly, so that a backfill can be watched. */
const CONFIGURATION = `
const viewers = (snapshot, at) => [{ metric: 'viewers', unit: 'viewers', title: 'Viewers of all', value: snapshot.viewers }];
const slowly = (snapshot) => {
  const end = performance.now() + 4;
  while (performance.now() < end);
  return [{ metric: 'old.viewers', unit: 'viewers', title: 'Viewers long ago', value: snapshot.viewers }];
};
export default {
  archives: [
    { name: 'fresh', location: './fresh', key: '{yyyy}/{MM}/{dd}/{HH}{mm}.json', tailEvery: '2s', extract: viewers },
    { name: 'old', location: './old', key: '{yyyy}/{MM}/{dd}/{HH}{mm}.json', extract: slowly },
  ],
};
`;

export interface RunningVarve extends AsyncDisposable {
  readonly url: string;
}

/** Builds the page if need be and starts `varve serve`, on a free port unless one is named, with a store in `folder`. */
export async function startVarve(folder: string, configuration = CONFIGURATION, port = 0): Promise<RunningVarve> {
  await finished(['--input-type=module', '-e', "await (await import('./scripts/setup/page.mjs')).ensurePage()"]);
  await writeFile(join(folder, 'varve.config.ts'), configuration);
  const flags = ['--no-auth', '--port', String(port), '--data', 'data', '--config', 'varve.config.ts'];
  const server = spawn(process.execPath, [join(projectFolder, 'bin', 'varve.mjs'), 'serve', ...flags], {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM');
    await ended;
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /^Varve serves .* at (http:\S+)/.exec(line)?.[1];
    if (url) return { url, [Symbol.asyncDispose]: stop };
  }
  throw new Error('varve serve ended before it said where it serves');
}

async function finished(args: string[]): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: projectFolder, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error('the page could not be built');
}
