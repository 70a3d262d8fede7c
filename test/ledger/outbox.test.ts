/** Which effects are brought forward when GitHub answers again. */
import { expect, it } from 'vitest';
import { s1 } from '../../local/application.ts';
import { Outbox } from '../../src/ledger/outbox.ts';
import { migrate } from '../../src/ledger/tables.ts';
import { Instant } from '../../src/words/instant.ts';
import { Sha } from '../../src/words/sha.ts';
import { NodeStorage } from './node-storage.ts';

const NOW = Instant.parse(1_790_000_000_000);
const HOUR = 3_600_000;

it('brings forward what had no answer, and nothing that GitHub refused or named a time for', () => {
  const outbox = fresh();
  failing(outbox, 'silent', { code: 'unreachable', named: false });
  failing(outbox, 'refused', { code: 'forbidden', named: false });
  failing(outbox, 'told to wait', { code: 'unavailable', named: true });

  outbox.hasten(NOW, 10);

  expect(due(outbox)).toEqual([
    ['silent', 10_000],
    ['refused', HOUR],
    ['told to wait', HOUR],
  ]);
  expect(outbox.view(false, 1)[0]?.reason).toEqual({ code: 'unreachable', message: 'why' });
});

it('brings forward one alone, the most urgent, where it is only to be seen whether there is an answer', () => {
  const outbox = fresh();
  failing(outbox, 'sandbox', { code: 'unavailable', named: false });
  failing(outbox, 'production', { code: 'unavailable', named: false }, 0);

  outbox.hasten(NOW, 1);

  expect(due(outbox)).toEqual([
    ['sandbox', HOUR],
    ['production', 10_000],
  ]);
});

function fresh(): Outbox {
  const storage = new NodeStorage(() => {});
  migrate(storage);
  return new Outbox(storage.sql);
}

function failing(
  outbox: Outbox,
  lane: string,
  { code, named }: { readonly code: string; readonly named: boolean },
  urgency: 0 | 3 = 3,
): void {
  const rest = {
    environment: lane,
    production: urgency === 0,
    transient: false,
    description: '',
    app: '',
    instance: '',
  };
  const effect = { kind: 'create-deployment', rollout: lane, sha: Sha.parse(s1), ...rest } as const;
  outbox.owe({ lane, class: urgency, effect }, NOW);
  const row = outbox.ready(NOW, 1)[0];
  if (row === undefined) throw new Error('nothing is ready');
  outbox.begin(row.id, NOW);
  const reason = { code, message: 'why' };
  outbox.postpone(row.id, Instant.parse(NOW + HOUR), { certain: false, named, reason });
}

function due(outbox: Outbox) {
  return outbox.view(false, 10).map(({ lane, dueAt }) => [lane, Number(dueAt) - NOW]);
}
