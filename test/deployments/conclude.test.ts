/** In which order a plan owes what it owes, and when it wants to look again. */
import { expect, it } from 'vitest';
import { m2, s1, s2, T0, type Word } from '../../local/application.ts';
import type { Known } from '../../schemas/known.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { play, teller } from './play.ts';
import { healthy, running, says, synced } from './story.ts';

/** What the next word of an application makes of what is known. */
function planned(known: Known, app: string, word: Word, second: number) {
  const said = teller()({ kind: 'says', app, word: { ...word, generation: 99 } });
  const event = { kind: 'notification', id: 'next', page: 'https://argocd.example.com/', ...said } as const;
  const outcome = plan(event, known, Instant.parse(T0 + second * 1000));
  if ('ignored' in outcome) throw new Error(`ignored: ${outcome.ignored}`);
  const effects = outcome.effects.map(({ class: urgency, effect }) => {
    const what = effect?.kind === 'write-status' ? effect.status.state : effect?.kind;
    return `${urgency} ${what}`;
  });
  return { effects, wakeIn: outcome.wakeAt === undefined ? undefined : (outcome.wakeAt - T0) / 1000 - second };
}

it('owes the more urgent first, though it was opened later', () => {
  const { known } = play({
    story: [healthy('shop', { op: 0, sha: s1 }), running('shop', { op: 60, sha: s2, manifests: m2 })],
  });

  expect(planned(known, 'shop', { op: 60, sha: s2, manifests: m2, health: 'Healthy' }, 70)).toEqual({
    effects: ['0 success', '3 inactive'],
    wakeIn: undefined,
  });
});

it('owes what replaces a release before the farewell of that one, where neither is urgent', () => {
  const environment = 'sandbox';
  const { known } = play({ story: [running('shop', { op: 0, sha: s1, environment })] });

  const word: Word = { op: 60, sha: s2, manifests: m2, environment, phase: 'Running' };
  expect(planned(known, 'shop', word, 61)).toEqual({
    effects: ['3 create-deployment', '3 inactive'],
    wakeIn: 30 * 60,
  });
});

it('looks again when the application that spoke is due, whoever else is due before', () => {
  const { known } = play({
    story: [says('shop', { op: 0, sha: s1, health: 'Degraded' }, 10), synced('web', { op: 0, sha: s1 }, 11)],
  });

  expect(planned(known, 'web', { op: 0, sha: s1, health: 'Progressing' }, 20).wakeIn).toBe(30 * 60);
  expect(planned(known, 'shop', { op: 0, sha: s1, health: 'Degraded' }, 20).wakeIn).toBe(50);
});
