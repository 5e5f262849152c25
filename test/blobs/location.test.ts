import { expect, test } from 'vitest';
import { formatLocation, parseLocation } from '../../src/blobs/location.ts';

test.for([
  ['./snapshots', '/srv/app/snapshots'],
  ['snapshots/', '/srv/app/snapshots'],
  ['../snapshots', '/srv/snapshots'],
  ['/data/snapshots', '/data/snapshots'],
  ['file:///data/my%20snapshots', '/data/my snapshots'],
])('%s is a folder', ([text, path]) => {
  expect(parseLocation(text as string, '/srv/app')).toEqual({ kind: 'folder', path });
});

test.for([
  ['s3://bucket', '', 's3://bucket'],
  ['s3://bucket/', '', 's3://bucket'],
  ['s3://bucket/a/b', 'a/b/', 's3://bucket/a/b'],
  ['s3://bucket//a/', 'a/', 's3://bucket/a'],
])('%s is a bucket and prefix', ([text, prefix, shown]) => {
  const location = parseLocation(text as string, '/', { endpoint: 'http://127.0.0.1:9000', pathStyle: true });
  expect(location).toEqual({
    kind: 's3',
    bucket: 'bucket',
    prefix,
    endpoint: 'http://127.0.0.1:9000',
    pathStyle: true,
  });
  expect(formatLocation(location)).toBe(shown);
});

test.for([
  ['', 'folder or s3'],
  ['gs://bucket', 'gs:// is not known'],
  ['s3://', 'name of a bucket'],
  ['s3:///prefix', 'name of a bucket'],
  ['s3://b ucket/x', 'name of a bucket'],
  ['file://host/path', 'file'],
])('%j is refused with a reason', ([text, reason]) => {
  expect(() => parseLocation(text as string, '/')).toThrow(RangeError);
  expect(() => parseLocation(text as string, '/')).toThrow(reason as string);
});

test.for(['localhost:9000', 'ftp://x', 'not an address'])('the endpoint %j is refused', (endpoint) => {
  expect(() => parseLocation('s3://bucket', '/', { endpoint })).toThrow('must be an address');
});
