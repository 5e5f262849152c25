import { gunzipSync } from 'node:zlib';

/** Bytes of one snapshot once unpacked. JSON of this size takes several times as much memory when parsed. */
const MAXIMUM_UNPACKED = 64 * 1024 * 1024;

/** Parses a JSON object, packed with gzip or not. Throws an Error whose message names the reason. */
export function decodeSnapshot(key: string, body: Uint8Array): unknown {
  if (body.length === 0) throw new Error('the object is empty');
  const text = new TextDecoder().decode(unpack(key, body));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function unpack(key: string, body: Uint8Array): Uint8Array {
  const packed = body[0] === 0x1f && body[1] === 0x8b;
  if (!packed) {
    if (key.endsWith('.gz')) throw new Error('the key ends with .gz but the object is not gzip');
    return body;
  }
  try {
    return gunzipSync(body, { maxOutputLength: MAXIMUM_UNPACKED });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Error(`unpacks to more than ${MAXIMUM_UNPACKED} bytes`, { cause: error });
    }
    if (code === 'Z_BUF_ERROR') throw new Error('the gzip data is truncated', { cause: error });
    throw new Error(`damaged gzip data: ${message}`, { cause: error });
  }
}
