/** A file's content, and by what its identity is compared: its bytes, and whether it may be run. */
import { sha256 } from '../../src/words/sha256.ts';

export type Content = { readonly bytes: Uint8Array; readonly executable: boolean };

/** By path, with `/` between its parts. */
export type Files = ReadonlyMap<string, Content>;

export function identityOf({ bytes, executable }: Content): string {
  return executable ? `${sha256(bytes)} executable` : sha256(bytes);
}
