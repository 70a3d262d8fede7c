/** What an answer of GitHub's means that comes when its question is old. */
import { describe, expect, it } from 'vitest';
import { s1, T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Effect, Planned } from '../../schemas/effect.ts';
import type { Event } from '../../schemas/event.ts';
import { type Known, nothingKnown } from '../../schemas/known.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { pullOf } from '../deployments/play.ts';

const FORK = { sha: s1, fork: true } as const;

describe('the label of a fork', () => {
  it('that was put on again while it was being taken off is taken off once more', () => {
    const refused = enter(labelledAt(10), nothingKnown(Config.parse({}), Repository.parse('acme/shop')));
    const first = removalIn(refused);
    const again = enter(labelledAt(12), refused.known);
    const second = removalIn(again);
    const answered = enter(removed(first), again.known);
    const over = enter(removed(second), answered.known);

    expect([answered, over].map(({ known }) => known.previews.get(7)?.stage.kind)).toEqual(['refusing', 'refused']);
  });

  function labelledAt(second: number): Event {
    return { kind: 'pull-request', id: String(second), pull: pullOf(FORK, second), labelled: undefined };
  }

  function removed({ number, seen }: Extract<Effect, { kind: 'remove-label' }>): Event {
    return { kind: 'performed', learned: { kind: 'label-removed', number, stuck: null, seen } };
  }

  function removalIn({ effects }: Planned): Extract<Effect, { kind: 'remove-label' }> {
    const [removal] = effects.flatMap(({ effect }) => (effect?.kind === 'remove-label' ? [effect] : []));
    if (removal === undefined) throw new Error('the label need not come off');
    return removal;
  }

  function enter(event: Event, known: Known): Planned {
    const planned = plan(event, known, Instant.parse(T0 + 20_000));
    if ('ignored' in planned) throw new Error(planned.ignored);
    return planned;
  }
});
