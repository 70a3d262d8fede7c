/** Keeps the emulator's whole state in one file: written soon after each change, read at start. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { Seed } from './seed.ts';

const Saved = z.object({
  version: z.literal(1),
  seed: z.string(),
  ahead: z.number(),
  inner: z.string(),
  front: z.unknown(),
});
export type SavedState = z.infer<typeof Saved>;

/** The part of a seed that the state grew from: keys, secrets and the webhook's address may change between two starts. */
export function fingerprint(seed: Seed): string {
  const { app, accounts, repositories, installations } = seed;
  const grown = { app: { id: app.id, slug: app.slug }, accounts, repositories, installations };
  return createHash('sha256').update(JSON.stringify(grown)).digest('hex');
}

export class StateFile {
  readonly #path: string;
  readonly #collect: () => Promise<SavedState>;
  #writing: Promise<void> | undefined;
  #dirty = false;

  constructor(path: string, collect: () => Promise<SavedState>) {
    this.#path = path;
    this.#collect = collect;
    mkdirSync(dirname(path), { recursive: true });
  }

  /** Says that something changed; changes that come while the file is being written share the next writing. */
  touch(): void {
    this.#dirty = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#dirty) this.touch();
    });
  }

  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #write(): Promise<void> {
    const begun = performance.now();
    this.#dirty = false;
    const text = JSON.stringify(await this.#collect());
    await writeFile(`${this.#path}.new`, text);
    await rename(`${this.#path}.new`, this.#path);
    // A large state under load must not keep a processor busy with writing it.
    await wait(4 * (performance.now() - begun));
  }
}

export function findState(path: string, seed: Seed): SavedState | undefined {
  if (!existsSync(path)) return undefined;
  const saved = parse(path);
  if (saved.seed !== fingerprint(seed)) throw new Error(`${path} grew from another seed: remove it to start afresh`);
  return saved;
}

function parse(path: string): SavedState {
  try {
    return Saved.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new Error(`${path} is not this emulator's state: remove it to start afresh`);
  }
}
