import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

/** Longest text of an artifact that is read: 500 points with dozens of dimensions. */
export const LONGEST_ARTIFACT = 16 * 1024 * 1024;

const gunzipAsync = promisify(gunzip);

/** Off the calling thread. */
export const packed: (text: string) => Promise<Buffer> = promisify(gzip) as (text: string) => Promise<Buffer>;

/** The text of a file, packed or not; rejects for one that is cut or spoilt. */
export async function unpacked(body: Uint8Array): Promise<string> {
  const isPacked = body[0] === 0x1f && body[1] === 0x8b;
  const bytes = isPacked ? await gunzipAsync(body, { maxOutputLength: LONGEST_ARTIFACT }) : Buffer.from(body);
  return bytes.toString('utf8');
}
