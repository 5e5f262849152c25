import { hasCeph, type S3Connection, startCeph } from './ceph.ts';
import { startStandIn } from './s3-stand-in.ts';
import type { Peer } from './supervise.ts';

/** The S3 server of a test run: Ceph where its programs are installed, else the stand-in. */
export async function startS3(): Promise<Peer<S3Connection>> {
  return (await hasCeph()) ? startCeph() : startStandIn();
}
