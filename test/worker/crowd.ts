/** A repository with any number of previews, and a GitHub that knows nothing else: what a look at all of them costs is counted on it. */
import { runInDurableObject } from 'cloudflare:test';
import { inject, vi } from 'vitest';
import { tellOf } from './hook.ts';
import { ledger, ring } from './stage.ts';

export type Call = { readonly method: string; readonly path: string; readonly at: number };

/** Stands in texts for the number of the pull request that all others are copies of. */
const FIRST = 9_000_000;
const SHA = '1'.repeat(40);
const PER_PAGE = 100;

export class Crowd {
  readonly calls: Call[] = [];
  readonly #repository: string;
  readonly #pulls = new Map<number, object>();
  #first = pullOf(FIRST);

  constructor(repository: string) {
    this.#repository = repository;
    const fetch = globalThis.fetch;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      return request.url.startsWith(inject('githubUrl')) ? this.#answer(request) : fetch(request);
    });
  }

  /** The one whose number stands for others: labelled now, deployed and commented on. */
  async open(number: number): Promise<void> {
    this.#first = { ...pullOf(FIRST + number), number };
    await tellOf(this.#repository, pullOf(FIRST + number), `crowd-${number}`);
    await this.pass(60_000);
  }

  /** Copies of what now lies in the ledger of that one take its place, from its number on. */
  async multiply(from: number, count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, index) => from + index);
    await runInDurableObject(ledger(this.#repository), (_, { storage }) => {
      for (const table of ['slots', 'rollouts', 'previews']) multiply(storage, table, FIRST + from, numbers);
    });
    for (const number of numbers) {
      const head = { ...this.#first.head, ref: `branch-${number}` };
      this.#pulls.set(number, { ...this.#first, number, head });
    }
  }

  /** Every alarm of the ledger before this rings at its time. */
  async pass(milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds;
    for (;;) {
      const alarm = await runInDurableObject(ledger(this.#repository), (_, { storage }) => storage.getAlarm());
      if (alarm === null || alarm > until) break;
      if (alarm > Date.now()) vi.setSystemTime(alarm);
      await ring(this.#repository);
    }
    vi.setSystemTime(until);
  }

  #answer({ method, url }: Request): Response {
    const { pathname: path, searchParams } = new URL(url);
    this.calls.push({ method, path, at: Date.now() });
    if (path.endsWith('/installation')) return Response.json({ id: 1 });
    if (path.endsWith('/access_tokens')) {
      const expires = new Date(Date.now() + 3_600_000).toISOString();
      return Response.json({ token: 'ghs_crowd', expires_at: expires }, { status: 201 });
    }
    if (path.endsWith('/pulls')) return this.#page(Number(searchParams.get('page')));
    if (method === 'GET' || method === 'DELETE') return Response.json([]);
    if (path.endsWith('/statuses')) return Response.json({ id: 1, state: 'queued' }, { status: 201 });
    const made = { id: FIRST, payload: null, body: '' };
    return Response.json(made, { status: method === 'POST' ? 201 : 200 });
  }

  #page(page: number): Response {
    const pulls = [...this.#pulls.values()];
    const next = '<https://api.github.com/next>; rel="next"';
    const headers = page * PER_PAGE < pulls.length ? { link: next } : {};
    return Response.json(pulls.slice((page - 1) * PER_PAGE, page * PER_PAGE), { headers });
  }
}

/** Every text and number that names the one names the other in the copy. */
function multiply({ sql }: DurableObjectStorage, table: string, first: number, numbers: readonly number[]): void {
  const rows = sql.exec(`SELECT * FROM ${table}`).toArray();
  const copied = rows.filter((row) => JSON.stringify(row).includes(String(first)));
  for (const row of copied) {
    const columns = Object.keys(row);
    for (const number of numbers) {
      const values: SqlStorageValue[] = Object.values(row).map((value) => {
        if (value === first) return number;
        return typeof value === 'string' ? value.replaceAll(String(first), String(number)) : value;
      });
      sql.exec(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`, ...values);
    }
    sql.exec(`DELETE FROM ${table} WHERE ${columns[0]} = ?`, Object.values(row)[0] ?? null);
  }
}

function pullOf(number: number) {
  const updated = new Date(Date.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    number,
    title: 'A new checkout',
    state: 'open',
    merged_at: null,
    updated_at: updated,
    head: { sha: SHA, ref: `branch-${number}`, repo: { id: 1 } },
    base: { sha: SHA, ref: 'main', repo: { id: 1 } },
    labels: [{ name: 'preview' }],
  };
}
