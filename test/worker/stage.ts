/** The stage on which stories are played end to end: the real Worker in workerd, real storage, and the emulated GitHub. */

import { runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { inject, vi } from 'vitest';
import { control } from '../../local/github/control.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';

export const github = control(inject('githubUrl'));

/** `ready` ends when everything that is owed and due has been tried. */
export type Stage = {
  readonly post: (instance: string, body: unknown) => Promise<Response>;
  readonly drained: () => Promise<void>;
  /** Moves every clock to this instant, and lets each alarm before it ring at its time. */
  readonly pass: (until: number) => Promise<void>;
  readonly api: (path: string, init?: RequestInit) => Promise<Response>;
};

export function ledger(repository: string): DurableObjectStub<Ledger> {
  return env.LEDGER.get(env.LEDGER.idFromName(repository));
}

/** A clock of the story's own, as far ahead of the real one as the emulated GitHub's; `config` replaces `hawser.yaml`. */
export async function stage(
  repository: string,
  config?: Readonly<Record<string, unknown>>,
): Promise<Stage & { readonly startsAt: number }> {
  if (config !== undefined) {
    await runInDurableObject(ledger(repository), (object) => {
      Reflect.set(object, 'env', { ...Reflect.get(object, 'env'), HAWSER: JSON.stringify(config) });
    });
  }
  // No two stories begin in one second: a rollout of one could be taken for a rollout of the other.
  await github.advance(1000);
  const startsAt = Math.ceil((await githubTime()) / 1000) * 1000;
  vi.useFakeTimers({ toFake: ['Date'], now: startsAt });
  return {
    startsAt,
    post: (instance, body) => post(instance, body),
    drained: () => ring(repository),
    async pass(until) {
      for (;;) {
        const alarm = await runInDurableObject(ledger(repository), (_, state) => state.storage.getAlarm());
        if (alarm === null || alarm > until) break;
        await moveTo(alarm);
        await ring(repository);
      }
      await moveTo(until);
    },
    api: (path, init = {}) =>
      exports.default.fetch(`https://hawser.example.com/api/repositories${path}`, {
        ...init,
        headers: { authorization: `Bearer ${inject('secrets').HAWSER_OPERATOR_TOKEN}` },
      }),
  };
}

export function post(instance: string, body: unknown): Promise<Response> {
  const [token] = (inject('secrets')[`ARGOCD_${instance.toUpperCase()}_TOKEN`] ?? '').split(' ');
  return exports.default.fetch('https://hawser.example.com/argocd/notifications', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** What the alarm does: it ends when the pump has nothing left to do. */
export async function ring(repository: string): Promise<void> {
  await runInDurableObject(ledger(repository), (object) => object.alarm());
}

export async function moveTo(instant: number): Promise<void> {
  const ahead = instant - Date.now();
  if (ahead <= 0) return;
  vi.setSystemTime(instant);
  await github.advance(ahead);
}

async function githubTime(): Promise<number> {
  const answer = await fetch(inject('githubUrl'));
  await answer.body?.cancel();
  return Date.parse(answer.headers.get('date') ?? '');
}
