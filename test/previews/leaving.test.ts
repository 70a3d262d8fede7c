/** What is heard of a preview that nobody touched, while its label is coming off. */
import { describe, expect, it } from 'vitest';
import { s1, s2, T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Planned } from '../../schemas/effect.ts';
import type { Event } from '../../schemas/event.ts';
import { type Known, nothingKnown } from '../../schemas/known.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { pullOf } from '../deployments/play.ts';
import type { Look } from '../deployments/story.ts';

const HOUR = 3600;
const config = Config.parse({ previews: { sweep: 'remove', staleAfter: '1h', warnBefore: '30m' } });

describe('a preview that was removed because nobody touched it', () => {
  it('stays removed where its title is edited before the label is off, and the label still comes off', () => {
    const edited = enter(told({ title: 'Edited' }, 2 * HOUR + 1), removed(), 2 * HOUR + 1);
    const seen = Instant.parse(T0 + (2 * HOUR + 1) * 1000);
    expect(stageOf(edited)).toEqual({ kind: 'closed', why: 'stale' });
    expect(edited.effects.map(({ lane, effect }) => [lane, effect])).toContainEqual([
      'label 7',
      { kind: 'remove-label', number: 7, label: 'preview', seen, at: seen },
    ]);

    const off: Event = { kind: 'performed', learned: { kind: 'label-removed', number: 7, stuck: null, seen } };
    const over = enter(off, edited.known, 2 * HOUR + 2);
    expect(stageOf(over)).toEqual({ kind: 'closed', why: 'stale' });
    expect(over.known.previews.get(7)?.head).toEqual({ kind: 'closed', why: 'nothing happened for 1h' });
  });

  it.each([
    ['a push', { sha: s2 }, 'live'],
    ['another label', { labels: ['preview', 'bug'] }, 'live'],
    ['its label put on anew', { by: 'octo' }, 'live'],
    ['its end', { open: false }, 'closed'],
  ] as const)('hears of %s', (_, look, kind) => {
    expect(stageOf(enter(told(look, 2 * HOUR + 1), removed(), 2 * HOUR + 1))).toMatchObject({ kind });
  });

  function removed(): Known {
    const live = enter(told({}, 0), nothingKnown(config, Repository.parse('acme/shop')), 0);
    const listed: Event = { kind: 'performed', learned: { kind: 'listed', pull: pullOf({ sha: s1 }, 0) } };
    return enter({ kind: 'removal', number: 7 }, enter(listed, live.known, 2 * HOUR).known, 2 * HOUR).known;
  }

  function told(look: Partial<Look>, second: number): Event {
    const { by } = look;
    const labelled = by === undefined ? undefined : { login: by, labels: ['preview'] };
    return { kind: 'pull-request', id: String(second), pull: pullOf({ sha: s1, ...look }, second), labelled };
  }

  function stageOf({ known }: Planned) {
    return known.previews.get(7)?.stage;
  }

  function enter(event: Event, known: Known, second: number): Planned {
    const planned = plan(event, known, Instant.parse(T0 + second * 1000));
    if ('ignored' in planned) throw new Error(planned.ignored);
    return planned;
  }
});
