import type { Blobs } from '../../src/blobs/blobs.ts';
import { parseLocation, type S3Location } from '../../src/blobs/location.ts';
import { openBlobs } from '../../src/blobs/open.ts';
import type { TestBucket } from '../support/s3.ts';

/** The location of a test bucket; credentials are found where the AWS chain looks first. */
export function bucketLocation({ bucket, ...server }: TestBucket, prefix = ''): S3Location {
  process.env.AWS_ACCESS_KEY_ID = server.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = server.secretAccessKey;
  const options = { endpoint: server.endpoint, region: server.region };
  return parseLocation(`s3://${bucket}/${prefix}`, '/', options) as S3Location;
}

/** The objects of a test bucket below a prefix. */
export const openBucket = (bucket: TestBucket, prefix = ''): Promise<Blobs> =>
  openBlobs(bucketLocation(bucket, prefix));
