import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface S3Options {
  /** Base address of a server that is not Amazon's, e.g. `http://127.0.0.1:9000`. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Whether the bucket goes into the path rather than the host name; so by default where an endpoint is given. */
  readonly pathStyle?: boolean;
}

export interface FolderLocation {
  readonly kind: 'folder';
  /** Absolute. */
  readonly path: string;
}

export interface S3Location extends S3Options {
  readonly kind: 's3';
  readonly bucket: string;
  /** Empty, or ends with `/`. */
  readonly prefix: string;
}

export type BlobLocation = FolderLocation | S3Location;

/**
 * Reads `./folder`, `/absolute/folder`, `file:///folder` or `s3://bucket/prefix`; relative folders lie below `baseFolder`.
 * Throws a RangeError that says what is wrong with any other text.
 */
export function parseLocation(text: string, baseFolder: string, options: S3Options = {}): BlobLocation {
  if (text.trim() === '' || text.includes('\0')) throw new RangeError('a location is a folder or s3://bucket/prefix');
  if (text.startsWith('s3://')) return parseS3(text, options);
  if (text.startsWith('file://')) {
    try {
      return { kind: 'folder', path: fileURLToPath(text) };
    } catch (error) {
      throw new RangeError(`location ${text} is no file address: ${(error as Error).message}`);
    }
  }
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1];
  if (scheme) throw new RangeError(`location ${text}: ${scheme}:// is not known; use a folder, file:// or s3://`);
  return { kind: 'folder', path: isAbsolute(text) ? resolve(text) : resolve(baseFolder, text) };
}

/** The location as people write it. */
export const formatLocation = (location: BlobLocation): string =>
  location.kind === 'folder' ? location.path : `s3://${location.bucket}/${location.prefix}`.replace(/\/$/, '');

function parseS3(text: string, options: S3Options): S3Location {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(text) ?? [];
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}$/.test(bucket)) {
    throw new RangeError(`location ${text} needs the name of a bucket: s3://bucket/prefix`);
  }
  const { endpoint } = options;
  if (endpoint !== undefined && !/^https?:\/\//.test(URL.parse(endpoint)?.href ?? '')) {
    throw new RangeError(`endpoint ${endpoint} must be an address such as https://s3.example.com`);
  }
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  return { kind: 's3', bucket, prefix: trimmed === '' ? '' : `${trimmed}/`, ...options };
}
