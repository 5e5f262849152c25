import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './processes.mjs';
import { say, seconds } from './say.mjs';

const CEPH_PROGRAMS = ['ceph', 'ceph-authtool', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'];
const CEPH_PACKAGES = ['ceph-common', 'ceph-mon', 'ceph-osd', 'radosgw'];

/**
 * Makes sure of the one test peer that npm does not bring: the S3 server of Ceph, from Debian's
 * packages. Where it cannot be had, the tests use their own stand-in, and this says so.
 */
export async function ensurePeers() {
  if (CEPH_PROGRAMS.every(isOnPath)) return;
  if (process.platform !== 'linux' || process.getuid() !== 0 || !isOnPath('apt-get')) {
    say(`no Ceph here (${CEPH_PACKAGES.join(' ')}): the tests use their own S3 stand-in`);
    return;
  }
  const began = Date.now();
  say('installing the S3 server for the tests (once)');
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const quiet = ['-qq', '-o', 'Dpkg::Use-Pty=0', '-o', 'Acquire::Retries=2'];
  await run('apt-get', [...quiet, 'update'], options);
  const install = [...quiet, 'install', '--yes', '--no-install-recommends', ...CEPH_PACKAGES];
  const { code } = await run('apt-get', install, options);
  say(code === 0 ? `installed in ${seconds(began)}` : 'that failed: the tests use their own S3 stand-in');
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
