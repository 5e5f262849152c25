import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { z } from 'zod';
import { makeLocalProof, PROOF_SCHEME } from '../../accounts/local-proof.ts';
import { SecretBox } from '../../accounts/secret-box.ts';
import { keyFile, loadSecretKeys } from '../../accounts/secret-key.ts';
import type { Config, Setting } from '../../config.ts';
import { toIso } from '../../domain/time.ts';
import { type ConfigurationBody, configurationSchema, healthSchema } from '../../http/contract.ts';
import { systemClock } from '../../jobs/system-clock.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const PATIENCE = 3_000;

/** Whether the port is free, or serves this very Varve with this very configuration. */
export async function checkServer(config: Config): Promise<Finding[]> {
  const { port, host, settings } = config;
  if (port === 0) return [ok('port', 'a free one will be taken')];
  const health = await ask(config, '/api/health', healthSchema);
  if (!health) return [await checkFree(host, port)];
  const text = `Varve ${health.version} serves at port ${port} since ${toIso(health.startedAt)}`;
  const findings =
    health.status === 'ok'
      ? [ok('port', text)]
      : [
          warn(
            'port',
            `${text}, degraded: ${health.work.lastError ?? 'its store does not answer'}`,
            'look into its log',
          ),
        ];
  const running = await ask(config, '/api/configuration', configurationSchema);
  return running ? [...findings, ...compare(running, settings)] : findings;
}

/** What the running server does not know of the configuration that would be loaded now. */
function compare({ settings: running, problem }: ConfigurationBody, here: readonly Setting[]): Finding[] {
  const names = [...new Set([...running, ...here].map(({ name }) => name))];
  const valueIn = (settings: readonly Setting[], name: string) =>
    settings.find((setting) => setting.name === name)?.value;
  // Local mode is a flag of `serve` alone.
  const isFlag = (name: string) =>
    name === 'accounts' && running.some((one) => one.name === name && one.from === 'flag');
  const different = names.filter((name) => !isFlag(name) && valueIn(running, name) !== valueIn(here, name));
  const restart = 'send it SIGHUP, or restart it';
  return [
    ...(problem === null ? [] : [warn('running configuration', problem, restart)]),
    ...(different.length === 0
      ? [ok('running configuration', 'the same as would be loaded here')]
      : [
          warn(
            'running configuration',
            `differs from what would be loaded here: ${different.join(', ')}`,
            `${restart}; unless it is meant to differ`,
          ),
        ]),
  ];
}

/** The body that a Varve gives; undefined when nobody, or somebody else, answers. */
async function ask<Schema extends z.ZodType>(
  config: Config,
  path: string,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  const { host, port } = config;
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${name}:${port}${path}`, {
      headers: proof(config),
      signal: AbortSignal.timeout(PATIENCE),
    });
    return schema.safeParse(await response.json()).data;
  } catch {
    return undefined;
  }
}

/** Shows that this user can read the key of the installation; nothing where there is none yet: looking must not make one. */
function proof({ accounts, data }: Config): Record<string, string> {
  if (accounts.secretKey === undefined && !existsSync(keyFile(data))) return {};
  const box = new SecretBox(loadSecretKeys(accounts.secretKey, data));
  return { authorization: `${PROOF_SCHEME} ${makeLocalProof(box, systemClock.now())}` };
}

async function checkFree(host: string, port: number): Promise<Finding> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return ok('port', `${port} of ${host} is free`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      return fail('port', `${port} of ${host} is in use by another program`, 'choose another by --port or VARVE_PORT');
    return fail(
      'port',
      `${port} of ${host} cannot be listened to: ${message}`,
      'mend --port, --host, VARVE_PORT or VARVE_HOST',
    );
  } finally {
    server.close();
  }
}
