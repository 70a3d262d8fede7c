/** What a ledger could not tell another one is a dead letter, and a replay owes it again: as it stands by then. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, it } from 'vitest';
import { s1 } from '../../local/application.ts';
import type { EnvironmentEvent } from '../../schemas/told.ts';
import { Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';
import { HOUR, REPOSITORY, shop, view } from './shop.ts';
import { ledger } from './stage.ts';

const PROMOTER = Repository.parse('acme/shop-deployment');
const { say, drained, pass, deployments, replay } = shop();

let heard: EnvironmentEvent[] = [];

afterEach(() => {
  heard = [];
});

it.each([
  ['as it is called now', 'told'],
  ['as an earlier version has called it', 'tell'],
])('is told after all: %s', async (_, called) => {
  await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
  await reach(() => Promise.reject(new Error('it is moving')));
  await subscribe();
  await pass(26 * HOUR);
  await rename(called);
  const { pending, dead } = (await view()).outbox;
  expect([pending, dead]).toMatchObject([[], [{ effect: { kind: 'tell', to: PROMOTER } }]]);

  await reach(async (_, event) => {
    heard.push(event);
    return { kind: 'committed', duplicate: false };
  });
  const answer = await replay(dead[0]?.id);
  await drained();

  expect(answer.status).toBe(202);
  expect(heard).toMatchObject([{ kind: 'environment', environment: 'production', state: 'success' }]);
  expect((await view()).outbox).toEqual({ pending: [], dead: [] });
});

async function subscribe(): Promise<void> {
  const sha = Sha.parse((await deployments())[0]?.sha);
  const event = { kind: 'subscribe', id: 'subscribe', by: PROMOTER, environment: 'production', sha } as const;
  await ledger(REPOSITORY).accept(REPOSITORY, event);
  await drained();
}

/** What the ledger of the deployment repository does with what it is told. */
async function reach(accept: (to: string, event: EnvironmentEvent) => Promise<unknown>): Promise<void> {
  const LEDGER = { idFromName: (name: string) => name, get: () => ({ accept }) };
  await runInDurableObject(ledger(REPOSITORY), (object) => {
    Reflect.set(object, 'env', { ...env, LEDGER });
  });
}

async function rename(called: string): Promise<void> {
  await runInDurableObject(ledger(REPOSITORY), (_, { storage }) => {
    storage.sql.exec("UPDATE effects SET lane = replace(lane, 'told ', ?) WHERE dead = 1", `${called} `);
  });
}
