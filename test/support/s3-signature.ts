import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.ts';

/** The keys that a request must be signed with. */
export interface S3Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

const LARGEST_SKEW_MS = 15 * 60_000;
const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/;

/**
 * Checks a request's Signature Version 4, given in the Authorization header, against the body received.
 * Throws an S3Error with the code that S3 answers: AccessDenied, InvalidAccessKeyId,
 * RequestTimeTooSkewed, SignatureDoesNotMatch or XAmzContentSHA256Mismatch.
 */
export function verifySignature(request: IncomingMessage, body: Buffer, keys: S3Keys): void {
  const [, credential = '', signedHeaders = '', signature = ''] =
    AUTHORIZATION.exec(request.headers.authorization ?? '') ?? [];
  if (!signature) throw new S3Error(403, 'AccessDenied');
  const [accessKeyId, ...scope] = credential.split('/');
  if (accessKeyId !== keys.accessKeyId) throw new S3Error(403, 'InvalidAccessKeyId');

  const time = header(request, 'x-amz-date');
  if (Math.abs(Date.now() - parseTime(time)) > LARGEST_SKEW_MS) throw new S3Error(403, 'RequestTimeTooSkewed');

  const payload = header(request, 'x-amz-content-sha256');
  const canonical = canonicalRequest(request, signedHeaders.split(';'), payload);
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${keys.secretAccessKey}`));
  const isRight = scope[0] === time.slice(0, 8) && timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'));
  if (!isRight) throw new S3Error(403, 'SignatureDoesNotMatch');

  const isHashed = /^[0-9a-f]{64}$/.test(payload);
  if (isHashed && payload !== sha256(body)) throw new S3Error(400, 'XAmzContentSHA256Mismatch');
}

function canonicalRequest(request: IncomingMessage, signedHeaders: string[], payload: string): string {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const parameters = query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return `${encode(decodeURIComponent(name))}=${encode(decodeURIComponent(value))}`;
    });
  return [
    request.method,
    path
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    parameters.sort().join('&'),
    ...signedHeaders.map((name) => `${name}:${header(request, name).trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    payload,
  ].join('\n');
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

/** `20261123T091500Z` as epoch milliseconds. */
function parseTime(time: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function encode(text: string): string {
  const byte = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, byte);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
