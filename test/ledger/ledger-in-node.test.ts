/** Histories that broke the order property, shrunk: an instance of the ledger dies while a call of its is under way. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { m2, s1, s2, T0, type Word } from '../../local/application.ts';
import { teller } from '../deployments/play.ts';
import { Clock } from './clock.ts';
import { LedgerInNode } from './ledger-in-node.ts';
import { pass } from './order.ts';
import { type Fate, SlowGitHub } from './slow-github.ts';

const AT_ONCE: Fate = { acts: 0, answers: 0, answer: 'well' };
const running: Word = { op: 0, sha: s1, phase: 'Running', health: 'Progressing' };
const healthy: Word = { op: 0, sha: s1, phase: 'Succeeded', health: 'Healthy' };

beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue(undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

function scene(...fates: readonly Fate[]) {
  const clock = new Clock(T0);
  const github = new SlowGitHub(clock, fates);
  const ledger = new LedgerInNode('acme/shop', clock, github);
  const tell = teller();
  let words = 0;
  return {
    ledger,
    says: (word: Word) =>
      ledger.hear({ kind: 'notification', id: String((words += 1)), ...tell({ kind: 'says', app: 'shop', word }) }),
    until: (second: number) => pass(clock, ledger, T0 + second * 1000),
    states: () => github.deployments.flatMap(({ statuses }) => statuses.map(({ state }) => state)),
  };
}

it('sets no alarm for what waits behind a call that an instance before it began', async () => {
  const { ledger, says, until, states } = scene(AT_ONCE, { acts: 0, answers: 9, answer: 'well' });
  await says(running);
  await until(1);
  await says(healthy);
  ledger.evict();

  await ledger.ring();

  expect(ledger.alarm).toBeGreaterThanOrEqual(T0 + 20_000);
  await until(60);
  expect(states()).toEqual(['in_progress', 'success']);
});

it('lets a call that an instance before it began come to its end before a newer status is written', async () => {
  const { ledger, says, until, states } = scene(AT_ONCE, { acts: 17, answers: 10, answer: 'none' });
  await says(running);
  await until(1);
  ledger.evict();
  await until(2);
  await says(healthy);

  await until(60);

  expect(states()).toEqual(['in_progress', 'success']);
});

it('does so too where the newer status was owed while that call was under way, and is heard of again', async () => {
  const { ledger, says, until, states } = scene(AT_ONCE, { acts: 9, answers: 9, answer: 'well' });
  await says(running);
  await until(1);
  await says({ ...running, phase: 'Failed' });
  ledger.evict();
  await until(2);
  // Another commit: what it leaves is looked at again, and shows the same as before.
  await says({ op: 60, sha: s2, manifests: m2, phase: 'Running', health: 'Progressing' });

  await until(60);

  expect(states()).toEqual(['in_progress', 'failure', 'in_progress']);
});
