/** The SHA-256 of bytes or of a text's UTF-8, in hex. Node's is done at once: Web Crypto's costs a turn of the event loop. */
import { createHash } from 'node:crypto';

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
