/** What waits while a fork's label has to come off, and what becomes of it when GitHub answers late, or not at all. */
import { describe, expect, it } from 'vitest';
import { s1, T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Effect, Owed, Planned } from '../../schemas/effect.ts';
import type { Event } from '../../schemas/event.ts';
import { type Known, nothingKnown } from '../../schemas/known.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { pullOf } from '../deployments/play.ts';

const FORK = { sha: s1, fork: true } as const;
const SHOP = Repository.parse('acme/shop');
const argocd = ['east', 'west'].map((name) => ({
  name,
  repositories: ['acme/*'],
  environments: ['*'],
  refresh: { mode: 'webhook', url: `https://${name}.example.com/api/webhook` },
}));
const NOTHING = nothingKnown(Config.parse({ argocd }), SHOP);

describe('the label of a fork', () => {
  it('that was put on again while it was being taken off is taken off once more', () => {
    const refused = enter(labelledAt(10), NOTHING);
    const first = removalIn(refused);
    const again = enter(labelledAt(12), refused.known);
    const second = removalIn(again);
    const answered = enter(removed(first), again.known);
    const over = enter(removed(second), answered.known);

    expect([answered, over].map(({ known }) => known.previews.get(7)?.stage.kind)).toEqual(['refusing', 'refused']);
  });

  it('holds every refresher back before GitHub is called, and takes back what was owed to them', () => {
    const { known, effects } = enter(labelledAt(10), NOTHING);

    expect(effects.slice(0, 5).map(inShort)).toEqual([
      'refresh east: nothing',
      'refresh west: nothing',
      'hold east: held',
      'hold west: held',
      'label 7: remove-label',
    ]);
    expect(known.previews.get(7)?.refresh).toBe(true);
  });

  it('holds them back where only the configuration has changed, and what was owed is asked for afterwards', () => {
    const approving = nothingKnown(Config.parse({ argocd, previews: { forks: 'approve' } }), SHOP);
    const asked = enter(labelledAt(10, 'boss'), approving);
    const allowed = enter(permission('boss'), asked.known);
    expect(allowed.known.previews.get(7)).toMatchObject({ stage: { kind: 'live' }, refresh: false });
    const denying = { ...allowed.known, config: Config.parse({ argocd }) };
    const refused = enter(labelledAt(12), denying);
    const over = enter(removed(removalIn(refused)), refused.known);

    expect(refused.effects.map(inShort)).toEqual(expect.arrayContaining(['refresh east: nothing', 'hold east: held']));
    expect(over.effects.slice(0, 4).map(inShort)).toEqual([
      'refresh east: refresh',
      'refresh west: refresh',
      'hold east: free',
      'hold west: free',
    ]);
  });

  it('that stayed on, and is asked about anew, leads to the refresh that was taken back for it', () => {
    const approving = nothingKnown(Config.parse({ argocd, previews: { forks: 'approve' } }), SHOP);
    const refused = enter(permission('triage', false), enter(labelledAt(10, 'triage'), approving).known);
    const { seen } = removalIn(refused);
    const stuck = enter(
      { kind: 'performed', learned: { kind: 'label-removed', number: 7, stuck: 'GitHub says no', seen } },
      refused.known,
    );
    expect(stuck.known.previews.get(7)).toMatchObject({ stage: { kind: 'refused' }, refresh: false });
    const asked = enter(labelledAt(12, 'boss'), stuck.known);
    expect(asked.effects.map(inShort)).toContain('refresh east: nothing');

    expect(enter(permission('boss'), asked.known).effects.map(inShort)).toContain('refresh east: refresh');
  });

  it('that was given up is tried again by the next sweep, which has the refreshers wait on', () => {
    const refused = enter(labelledAt(10), NOTHING);
    const swept = enter({ kind: 'sweep' }, refused.known, 3_600);

    expect(swept.effects.map(inShort)).toEqual([
      'hold east: held',
      'hold west: held',
      'label 7: remove-label',
      'sweep: list-pulls',
    ]);
    // The very same call would stay with its dead letter.
    expect(removalIn(swept)).not.toEqual(removalIn(refused));
  });

  it('is asked about again by the next sweep, where GitHub did not say who may write', () => {
    const approving = nothingKnown(Config.parse({ argocd, previews: { forks: 'approve' } }), SHOP);
    const asked = enter(labelledAt(10, 'boss'), approving);
    const swept = enter({ kind: 'sweep' }, asked.known, 3_600);

    expect(questionIn(swept)).toEqual({ ...questionIn(asked), at: T0 + 3_600_000 });
  });

  it('is not tried twice for one look at the pull request', () => {
    const refused = enter(labelledAt(10), NOTHING);
    const commented = enter(
      { kind: 'performed', learned: { kind: 'comment', number: 7, id: 1, body: 'x' } },
      refused.known,
    );

    expect(commented.effects.map(inShort).filter((owed) => !owed.startsWith('comment'))).toEqual([]);
  });

  it.each([
    ['is off, and nobody told', pullOf({ ...FORK, labels: [] }, 15)],
    ['is on a pull request that is closed, and nobody told', pullOf({ ...FORK, open: false }, 15)],
    ['is on a pull request that is no more', null],
  ])('which %s holds nothing back after a sweep has looked', (_, pull) => {
    const refused = enter(labelledAt(10), NOTHING);
    const listed = enter({ kind: 'performed', learned: { kind: 'pulls', pulls: [] } }, refused.known);
    expect(listed.effects.map(inShort)).toEqual(['pull 7: read-pull']);
    const looked = enter({ kind: 'performed', learned: { kind: 'pull', number: 7, pull, sweep: true } }, listed.known);

    expect(looked.effects.map(inShort)).toEqual(
      expect.arrayContaining(['refresh east: refresh', 'hold east: free', 'label 7: nothing']),
    );
    expect(looked.known.previews.get(7)?.doomed).toBeNull();
  });

  it.each([
    ['held', 'is on', (known: Known) => known],
    ['free', 'is off', (known: Known) => enter(removed(removalIn(enter(labelledAt(10), NOTHING))), known).known],
  ])('leaves a hold that was given up %s when it is replayed and the label %s', (told, _, later) => {
    const { known } = enter(labelledAt(10), NOTHING);
    const replayed = enter({ kind: 'replay', lane: 'hold east' }, later(known));

    expect(replayed.effects.map(inShort)).toEqual([`hold east: ${told}`]);
  });
});

function inShort({ lane, effect }: Owed): string {
  if (effect?.kind !== 'hold-refresh') return `${lane}: ${effect?.kind ?? 'nothing'}`;
  return `${lane}: ${effect.held ? 'held' : 'free'}`;
}

function labelledAt(second: number, by?: string): Event {
  const labelled = by === undefined ? undefined : { login: by, labels: ['preview'] };
  return { kind: 'pull-request', id: String(second), pull: pullOf(FORK, second), labelled };
}

function removed({ number, seen }: Extract<Effect, { kind: 'remove-label' }>): Event {
  return { kind: 'performed', learned: { kind: 'label-removed', number, stuck: null, seen } };
}

function permission(login: string, mayWrite = true): Event {
  return { kind: 'performed', learned: { kind: 'permission', number: 7, login, mayWrite } };
}

function removalIn({ effects }: Planned): Extract<Effect, { kind: 'remove-label' }> {
  const [removal] = effects.flatMap(({ effect }) => (effect?.kind === 'remove-label' ? [effect] : []));
  if (removal === undefined) throw new Error('the label need not come off');
  return removal;
}

function questionIn({ effects }: Planned): Effect | undefined {
  return effects.find(({ effect }) => effect?.kind === 'read-permission')?.effect;
}

function enter(event: Event, known: Known, second = 20): Planned {
  const planned = plan(event, known, Instant.parse(T0 + second * 1_000));
  if ('ignored' in planned) throw new Error(planned.ignored);
  return planned;
}
