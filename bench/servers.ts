import { type ChildProcess, fork, spawn } from 'node:child_process';
import { join } from 'node:path';

export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

export interface FloorServer extends RunningServer {
  /** Makes the floor answer `path` with these bytes. */
  serve(path: string, body: Buffer): Promise<void>;
}

const next = <Message>(child: ChildProcess): Promise<Message> =>
  new Promise((resolve, reject) => {
    const end = (code: number | null): void => reject(new Error(`the process ended with ${code}`));
    child.once('exit', end);
    child.once('message', (message) => {
      child.off('exit', end);
      resolve(message as Message);
    });
  });

/** Starts the bare server that everything is compared with. */
export async function startFloor(): Promise<FloorServer> {
  const child = fork(join(import.meta.dirname, 'floor-server.ts'), { serialization: 'json' });
  const { port } = await next<{ port: number }>(child);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    serve: async (path, body) => {
      const stored = next(child);
      child.send({ path, body: body.toString('base64') });
      await stored;
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** Starts Varve as its user would, in a folder with its configuration, and waits until it is ready. */
export async function startVarve(folder: string, port: number): Promise<RunningServer> {
  const bin = join(import.meta.dirname, '..', 'bin', 'varve.mjs');
  const child = spawn(process.execPath, [bin, 'serve', '--no-auth', '--port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt++) {
    const ready = await fetch(`${url}/api/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) break;
    if (attempt > 300 || child.exitCode !== null) throw new Error('Varve did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, pid: child.pid ?? 0, [Symbol.asyncDispose]: () => end(child) };
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  return ended;
}
