import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Folder } from './varve.ts';

const LINE = /^Varve serves (.*) at (http:\/\/127\.0\.0\.1:\d+) \(data in .*data; Ctrl-C stops it\)$/m;

describe('serve', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('says where, and stops in good order at %s', async (signal) => {
    using folder = new Folder();
    folder.configure(`{ name: 'tiny', location: './objects', key: '{unix}.json', extract: 'platform-snapshot' }`);
    const { child, ended, said } = folder.start(['serve', '--port', '0']);
    const [, what, url] = await said('stdout', LINE);
    expect(what).toBe('the archive tiny');
    expect(await (await fetch(`${url}/api/health`)).json()).toMatchObject({ status: 'ok' });
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stdout).toContain(`Make the first account at ${url}/welcome#`);
    expect(stderr).toContain('varve: stopping');
    expect(stdout + stderr).not.toContain('\u001b');
  });

  test('SIGHUP takes a changed configuration into force; doctor sees whether that was done', async () => {
    using folder = new Folder();
    folder.configure();
    const { child, ended, said } = folder.start(['serve', '--no-auth', '--port', '0']);
    const [, what, url = ''] = await said('stdout', LINE);
    expect(what).toBe('what its store holds');
    const names = async () => {
      const { settings } = (await (await fetch(`${url}/api/configuration`)).json()) as { settings: { name: string }[] };
      return settings.map(({ name }) => name);
    };
    const findings = async () => {
      const { stdout } = await folder.run('doctor', '--port', new URL(url).port, '--json');
      return JSON.parse(stdout).findings.filter(({ check }: { check: string }) => /^(port|running)/.test(check));
    };
    folder.configure(`{ name: 'added', location: '.', key: '{unix}.json', extract: 'platform-snapshot' }`);
    expect(await findings()).toMatchObject([
      { check: 'port', state: 'ok', text: expect.stringContaining('Varve 0.1.0 serves at port') },
      {
        check: 'running configuration',
        state: 'warn',
        text: expect.stringContaining('archive added'),
        mend: expect.stringContaining('SIGHUP'),
      },
    ]);
    expect(await names()).not.toContain('archive added');
    child.kill('SIGHUP');
    await said('stderr', /the configuration was read anew/);
    expect(await names()).toContain('archive added');
    expect((await findings())[1]?.text).not.toContain('archive added');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  test('a port in use is named with the mend', async () => {
    using folder = new Folder();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, stdout, stderr } = await folder.run('serve', '--port', String(port));
    other.close();
    expect(stderr).toContain(`varve: port ${port} of 127.0.0.1 is in use by another process`);
    expect(stderr).toContain('choose another by --port, VARVE_PORT or port in the configuration file');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  test('a host that is not this machine is named', async () => {
    using folder = new Folder();
    const { code, stderr } = await folder.run('serve', '--port', '0', '--host', '192.0.2.1');
    expect(stderr).toContain(
      'this machine has no address 192.0.2.1; mend --host, VARVE_HOST or host in the configuration file',
    );
    expect(code).toBe(1);
  });
});
