import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, freePorts, type Peer, run } from './supervise.ts';

/** How to reach an S3 server, with path-style addresses and keys that may do anything. */
export interface S3Connection {
  kind: 'ceph' | 'stand-in';
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const KEYS = { accessKeyId: 'VARVETEST', secretAccessKey: 'varve-test-secret' };

/** Programs of a Ceph of one machine: a monitor, one object store in memory, the S3 gateway, their tools. */
const PROGRAMS = ['ceph', 'ceph-authtool', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'];

export async function hasCeph(): Promise<boolean> {
  const found = await Promise.allSettled(PROGRAMS.map((program) => run('/bin/sh', ['-c', `command -v ${program}`])));
  return found.every((result) => result.status === 'fulfilled');
}

/** Starts a real S3 server, all in memory. Throws with the output of the daemon that did not start. */
export async function startCeph(): Promise<Peer<S3Connection>> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-ceph-'));
  for (const name of ['mon', 'osd', 'gateway', 'run']) mkdirSync(join(folder, name));
  const daemons: Daemon[] = [];
  const stop = async () => {
    // The gateway first: it waits for the store it talks to. Nothing in memory is worth a polite end.
    for (const daemon of daemons.reverse()) await daemon.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const endpoint = await bringUp(folder, daemons);
    return { connection: { kind: 'ceph', endpoint, region: 'us-east-1', ...KEYS }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bringUp(folder: string, daemons: Daemon[]): Promise<string> {
  const [monitorPort = 0, gatewayPort = 0] = await freePorts(2);
  const monitor = `[v2:127.0.0.1:${monitorPort}]`;
  const fsid = randomUUID();
  const osdId = randomUUID();
  const configuration = join(folder, 'ceph.conf');
  const keyring = join(folder, 'keyring');
  writeFileSync(configuration, configurationText(folder, fsid, monitor, gatewayPort));
  const env = { ...process.env, CEPH_CONF: configuration };
  const ceph = (program: string, ...args: string[]) => run(program, args, { env });
  const daemon = (program: string, ...args: string[]) => {
    const started = new Daemon(program, program, [...args, '-c', configuration, '-f'], { env });
    daemons.push(started);
    return started;
  };

  await ceph('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *');
  for (const name of ['client.admin', 'client.gateway', 'osd.0']) {
    const allowed = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *'];
    await ceph('ceph-authtool', keyring, '--gen-key', '-n', name, ...allowed);
  }
  const map = join(folder, 'monitors');
  await ceph('monmaptool', '--create', '--clobber', '--fsid', fsid, '--addv', 'a', monitor, map);
  await ceph('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring, '-c', configuration);
  daemon('ceph-mon', '-i', 'a');
  await ceph('ceph', '-c', configuration, '--connect-timeout', '30', 'osd', 'new', osdId, '0');
  await ceph('ceph-osd', '-i', '0', '-c', configuration, '--mkfs', '--osd-uuid', osdId);
  daemon('ceph-osd', '-i', '0');
  const gateway = daemon('radosgw', '-n', 'client.gateway');
  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  await gateway.ready(() =>
    fetch(endpoint).then(
      () => true,
      () => false,
    ),
  );
  const keys = ['--access-key', KEYS.accessKeyId, '--secret-key', KEYS.secretAccessKey];
  const user = ['user', 'create', '--uid', 'test', '--display-name', 'test', ...keys];
  await ceph('radosgw-admin', '-n', 'client.gateway', '-c', configuration, ...user);
  return endpoint;
}

/** One of everything, no copies, nothing that only pays off on a real cluster. */
function configurationText(folder: string, fsid: string, monitor: string, gatewayPort: number): string {
  return `
[global]
fsid = ${fsid}
mon_host = ${monitor}
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
# Without authentication between its parts the gateway never connects.
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
auth_allow_insecure_global_id_reclaim = false
keyring = ${folder}/keyring
run_dir = ${folder}/run
admin_socket = ${folder}/run/$name.asok
log_file = ${folder}/$name.log
mon_data = ${folder}/mon
osd_data = ${folder}/osd
# A nearly full disk of the machine is no concern of a store in memory.
mon_data_avail_crit = 1
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
osd_objectstore = memstore
memstore_device_bytes = 2147483648
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 2
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 2000
[client.gateway]
rgw_frontends = beast endpoint=127.0.0.1:${gatewayPort}
rgw_data = ${folder}/gateway
rgw_enable_usage_log = false
rgw_enable_quota_threads = false
rgw_run_sync_thread = false
rgw_dynamic_resharding = false
rgw_override_bucket_index_max_shards = 1
rgw_thread_pool_size = 64
`;
}
