import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

/**
 * Seals small secrets with AES-256-GCM: `v1.KEYID.BYTES`, where the key's id tells which of several keys opens it. `purpose` is bound in: what was
 * sealed for one use does not open in another.
 */
export class SecretBox {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #current: string;

  /** The first key seals, all of them open. */
  constructor(keys: readonly Buffer[]) {
    const [first] = keys;
    if (!first) throw new RangeError('a secret box needs a key');
    this.#keys = new Map(keys.map((key) => [keyId(key), key]));
    this.#current = keyId(first);
  }

  seal(text: string, purpose: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#keys.get(this.#current) as Buffer, nonce);
    cipher.setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.#current}.${sealed.toString('base64url')}`;
  }

  /** Undefined when it was sealed with another key or for another purpose, or changed since. */
  open(box: string, purpose: string): string | undefined {
    const [version, id = '', text = ''] = box.split('.');
    const key = this.#keys.get(id);
    const bytes = Buffer.from(text, 'base64url');
    if (version !== 'v1' || key === undefined || bytes.byteLength < NONCE + TAG) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(bytes.subarray(-TAG));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}

const keyId = (key: Buffer): string => createHash('sha256').update('varve key ').update(key).digest('hex').slice(0, 8);
