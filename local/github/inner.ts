/** Talks to emulate's GitHub in its thread: one message a call, and what the call made GitHub announce comes back with it. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { type InnerCall, type InnerOptions, InnerRepository, InnerResponse } from './inner-protocol.ts';

const Reply = z.object({ id: z.number(), value: z.unknown().optional(), error: z.string().optional() });

export class Inner {
  readonly #worker: Worker;
  readonly #now: () => number;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #next = 1;

  constructor(options: InnerOptions, now: () => number) {
    this.#now = now;
    this.#worker = new Worker(join(import.meta.dirname, 'inner-thread.ts'), { workerData: options });
    this.#worker.on('message', (message) => {
      const reply = Reply.parse(message);
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.error === undefined) waiting?.resolve(reply.value);
      else waiting?.reject(new Error(`emulate: ${reply.error}`));
    });
    this.#worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#fail(new Error('emulate has ended')));
  }

  ready(): Promise<unknown> {
    return this.#wait(0);
  }

  async call(call: InnerCall): Promise<InnerResponse> {
    return InnerResponse.parse(await this.#ask({ op: 'call', ...call }));
  }

  async merged(repository: string, number: number, sha: string, by: string): Promise<void> {
    await this.#ask({ op: 'merged', repository, number, sha, by });
  }

  async role(repository: string, login: string): Promise<string | undefined> {
    return z
      .string()
      .optional()
      .parse(await this.#ask({ op: 'role', repository, login }));
  }

  async collaborate(repository: string, login: string, role: string): Promise<void> {
    await this.#ask({ op: 'collaborate', repository, login, role });
  }

  async repositories(): Promise<InnerRepository[]> {
    return z.array(InnerRepository).parse(await this.#ask({ op: 'repositories' }));
  }

  async snapshot(): Promise<string> {
    return z.string().parse(await this.#ask({ op: 'snapshot' }));
  }

  async restore(snapshot: string): Promise<void> {
    await this.#ask({ op: 'restore', snapshot });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(request: Record<string, unknown>): Promise<unknown> {
    const id = this.#next++;
    const reply = this.#wait(id);
    this.#worker.postMessage({ ...request, id, now: this.#now() }, []);
    return reply;
  }

  #wait(id: number): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    return waiting.promise;
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
