import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { Failure } from '../failure.ts';
import { listenForInterruption } from '../interruption.ts';
import { examples, flagsOf, optionsOf } from '../options.ts';

/** `varve serve`: the server, in the foreground. */
export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('Serve the page and the API until stopped. SIGHUP reads the configuration anew.')
    .option('--port <number>', 'port to listen on; 0 takes a free one (VARVE_PORT; 7357)')
    .option('--host <address>', 'address to listen on; 0.0.0.0 for all (VARVE_HOST; 127.0.0.1)')
    .option('--no-auth', 'ask nobody who he is; only at an address of this machine')
    .action((_options: unknown, self: Command) => {
      const { auth, ...flags } = optionsOf<Flags & { auth: boolean }>(self);
      return serve(flagsOf({ ...flags, noAuth: !auth }));
    });
  examples(
    command,
    ['varve serve', 'at http://127.0.0.1:7357, data in ./data'],
    ['varve serve --port 8080 --host 0.0.0.0', 'for the whole network'],
    ['varve serve --no-auth', 'without accounts, for yourself alone'],
    ['varve serve --config prod.config.ts', 'with another configuration file'],
  );
}

async function serve(flags: Flags): Promise<void> {
  const { start } = await import('../../main.ts');
  const varve = await start(flags).catch(async (error: unknown) => {
    throw (await listenFailure(error, flags)) ?? error;
  });
  using interruption = listenForInterruption();
  process.on('SIGHUP', () => {
    varve.reload().catch((error: Error) => process.stderr.write(`varve: could not reload: ${error.message}\n`));
  });
  const { data, archives, hostSource } = varve.config;
  const names = [
    ...(hostSource ? ["this machine's measurements"] : []),
    ...(archives.length === 1 ? [`the archive ${archives[0]?.name}`] : []),
    ...(archives.length > 1 ? [`${archives.length} archives`] : []),
  ];
  const what = names.length > 0 ? names.join(' and ') : 'what its store holds';
  process.stdout.write(`Varve serves ${what} at ${varve.url} (data in ${data}; Ctrl-C stops it)\n`);
  if (varve.welcome !== null) {
    process.stdout.write(`Make the first account at ${varve.welcome} (works once, for 24 hours)\n`);
  }
  await interruption.came;
  process.stderr.write('varve: stopping; once more stops at once\n');
  await varve[Symbol.asyncDispose]();
}

/** What to say when the socket could not be opened; undefined for other errors. */
async function listenFailure(error: unknown, flags: Flags): Promise<Failure | undefined> {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return undefined;
  const { loadConfig } = await import('../../config.ts');
  const { port, host } = await loadConfig(flags);
  const mendPort = 'choose another by --port, VARVE_PORT or port in the configuration file';
  const mendHost = 'mend --host, VARVE_HOST or host in the configuration file';
  switch (code) {
    case 'EADDRINUSE':
      return new Failure(`port ${port} of ${host} is in use by another process, perhaps another Varve; ${mendPort}`);
    case 'EACCES':
      return new Failure(`this user may not listen on port ${port} of ${host}; ${mendPort}`);
    case 'EADDRNOTAVAIL':
      return new Failure(`this machine has no address ${host}; ${mendHost}`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Failure(`the host name ${host} is not known; ${mendHost}`);
    default:
      return undefined;
  }
}
