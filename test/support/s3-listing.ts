import { xmlDocument, xmlElement } from './s3-error.ts';

/** What a listing says of an object. */
export interface ListedObject {
  key: string;
  size: number;
  etag: string;
  modified: Date;
}

/** Where a page of a listing goes on: behind an object's key, or behind all keys of a common prefix. */
interface Position {
  after: string;
  isPrefix: boolean;
}

const LARGEST_PAGE = 1000;

/** Answers ListObjectsV2 over objects sorted by key: prefix, start-after, continuation-token, delimiter, max-keys. */
export function listObjects(bucket: string, objects: ListedObject[], query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const pageSize = Math.min(Number(query.get('max-keys') ?? LARGEST_PAGE), LARGEST_PAGE);
  const token = query.get('continuation-token');
  let position: Position = token ? readToken(token) : { after: query.get('start-after') ?? '', isPrefix: false };

  const contents: ListedObject[] = [];
  const commonPrefixes: string[] = [];
  let isTruncated = false;
  for (const object of objects) {
    if (!object.key.startsWith(prefix) || isBehind(object.key, position)) continue;
    if (contents.length + commonPrefixes.length >= pageSize) {
      isTruncated = pageSize > 0;
      break;
    }
    const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
    if (end < 0) {
      contents.push(object);
      position = { after: object.key, isPrefix: false };
    } else {
      const common = object.key.slice(0, end + delimiter.length);
      commonPrefixes.push(common);
      position = { after: common, isPrefix: true };
    }
  }
  return xmlDocument(
    'ListBucketResult',
    [
      xmlElement('Name', bucket),
      xmlElement('Prefix', prefix),
      xmlElement('MaxKeys', pageSize),
      xmlElement('KeyCount', contents.length + commonPrefixes.length),
      xmlElement('IsTruncated', isTruncated),
      isTruncated ? xmlElement('NextContinuationToken', writeToken(position)) : '',
      ...contents.map((object) => `<Contents>${describe(object)}</Contents>`),
      ...commonPrefixes.map((common) => `<CommonPrefixes>${xmlElement('Prefix', common)}</CommonPrefixes>`),
    ].join(''),
  );
}

/** S3 orders keys by their UTF-8 bytes, which is not the order of JavaScript strings. */
export function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function isBehind(key: string, { after, isPrefix }: Position): boolean {
  return compareKeys(key, after) <= 0 || (isPrefix && key.startsWith(after));
}

function describe({ key, size, etag, modified }: ListedObject): string {
  return [
    xmlElement('Key', key),
    xmlElement('LastModified', modified.toISOString()),
    xmlElement('ETag', etag),
    xmlElement('Size', size),
    xmlElement('StorageClass', 'STANDARD'),
  ].join('');
}

function writeToken(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function readToken(token: string): Position {
  return JSON.parse(Buffer.from(token, 'base64url').toString());
}
