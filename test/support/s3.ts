import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { askPeer } from './ask-peer.ts';
import type { S3Connection } from './ceph.ts';

/** An empty bucket of its own, for one test file. */
export interface TestBucket extends S3Connection {
  bucket: string;
}

/** Creates an empty bucket on the S3 server of this test run; it goes when the server goes. */
export async function createBucket(): Promise<TestBucket> {
  const connection = await askPeer<S3Connection>('s3');
  const bucket = `varve-test-${randomBytes(6).toString('hex')}`;
  const client = s3Client(connection);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return { ...connection, bucket };
}

/**
 * A client without retries, since tests want to see the first answer, without words of its own on the
 * console, and without checksums of its own choice: for a stream those need an upload form that many
 * S3 servers do not know.
 */
export function s3Client({ endpoint, region, accessKeyId, secretAccessKey }: S3Connection): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
}

function silent(): void {}
