/**
 * What its repository is called: a ledger keeps the name first heard of, GitHub calls the repository by its present one, and
 * the ledger of that name only points here. Otherwise a rename would part what is known in two.
 */
import * as z from 'zod';
import { Repository } from '../words/repository.ts';
import { readMeta, writeMeta } from './tables.ts';

export type Called = { readonly own: Repository; readonly present: Repository };

export class Names {
  readonly #storage: DurableObjectStorage;
  #own: Repository | undefined;
  #pointer: Repository | undefined;
  #present: Repository | undefined;
  #id: number | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    const read = (key: string) => Repository.optional().parse(readMeta(storage, key) || undefined);
    this.#own = read('repository');
    this.#pointer = read('pointer');
    this.#present = read('present');
    this.#id = z.coerce.number().optional().parse(readMeta(storage, 'repository id'));
  }

  /** This ledger's own name; undefined: nobody has been heard of here. */
  get own(): Repository | undefined {
    return this.#own;
  }

  /** Whose repository it is: this ledger has nothing of its own. */
  get pointer(): Repository | undefined {
    return this.#pointer;
  }

  /** The name by which GitHub is called. */
  get present(): Repository {
    return this.#present ?? Repository.parse(this.#own);
  }

  /** For a plan: by the first, a ledger's knowledge is kept; the second is what others say. */
  get called(): Called {
    return { own: Repository.parse(this.#own), present: this.present };
  }

  begin(own: Repository): void {
    writeMeta(this.#storage, 'repository', own);
    this.#own = own;
  }

  point(to: Repository): void {
    writeMeta(this.#storage, 'pointer', to);
    this.#pointer = to;
  }

  rename(present: Repository, id: number): void {
    this.#storage.transactionSync(() => {
      writeMeta(this.#storage, 'present', present);
      writeMeta(this.#storage, 'repository id', String(id));
    });
    this.#present = present;
    this.#id = id;
  }

  /** Of a name that was given up, somebody may make another repository: GitHub's number tells them apart. */
  isAnother(id: number): boolean {
    return this.#id !== undefined && id !== this.#id;
  }
}
