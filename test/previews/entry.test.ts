/** What the index of previews is told of a preview's life: when its names lead to something, and to what. */
import { describe, expect, it } from 'vitest';
import { s1, s2, T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Planned } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { PreviewEntry } from '../../schemas/preview-entry.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { previewZone } from '../../src/words/preview-zone.ts';
import { Repository } from '../../src/words/repository.ts';
import { play, pullOf } from '../deployments/play.ts';
import { deleted, failedEarly, healthy, pull, running, type Step, says, until } from '../deployments/story.ts';
import { p } from './cases/words.ts';

const URL = 'https://{slug}.example-preview.dev';
const argocd = [{ name: 'main', url: 'https://main.example.com', repositories: ['acme/*'], environments: ['*'] }];
const PAGE = 'log https://main.example.com/applications/argocd/shop-7';

type Story = { readonly name: string; readonly story: readonly Step[]; readonly index: readonly string[] };

const stories: readonly Story[] = [
  {
    name: 'labelled, deployed, merged',
    story: [
      pull({ sha: s1 }),
      running('shop-7', { ...p, op: 5, sha: s1 }, 6),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      pull({ sha: s1, merged: true }, 60),
      deleted('shop-7', { ...p, op: 5, sha: s1 }, 70),
    ],
    index: [
      '#7 building: feat-x, pr-7-shop',
      `#7 building: feat-x, pr-7-shop, ${PAGE}`,
      '#7 ready: feat-x, pr-7-shop',
      '#7 gone: feat-x, pr-7-shop',
    ],
  },
  {
    name: 'what was ready stays there while another commit is rolled out',
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      pull({ sha: s2 }, 60),
      running('shop-7', { ...p, op: 65, sha: s2 }, 66),
      healthy('shop-7', { ...p, op: 65, sha: s2 }, 80),
      until(200),
    ],
    index: ['#7 building: feat-x, pr-7-shop', '#7 ready: feat-x, pr-7-shop'],
  },
  {
    name: 'what has failed is being built when another commit comes',
    story: [
      pull({ sha: s1 }),
      failedEarly('shop-7', { ...p, op: 5 }, 10),
      pull({ sha: s2 }, 60),
      healthy('shop-7', { ...p, op: 65, sha: s2 }, 80),
    ],
    index: [
      '#7 building: feat-x, pr-7-shop',
      `#7 failed: feat-x, pr-7-shop, ${PAGE}`,
      '#7 building: feat-x, pr-7-shop',
      '#7 ready: feat-x, pr-7-shop',
    ],
  },
  {
    name: 'one that comes up degraded has failed, and is ready when it has healed',
    story: [
      pull({ sha: s1 }),
      says('shop-7', { ...p, op: 5, sha: s1, phase: 'Succeeded', health: 'Degraded', healthAt: 40 }, 40),
      until(120),
      healthy('shop-7', { ...p, op: 5, sha: s1, healthAt: 130 }, 130),
      until(200),
    ],
    index: [
      '#7 building: feat-x, pr-7-shop',
      `#7 building: feat-x, pr-7-shop, ${PAGE}`,
      `#7 failed: feat-x, pr-7-shop, ${PAGE}`,
      '#7 ready: feat-x, pr-7-shop',
    ],
  },
  {
    name: 'the label taken off, and put back: nothing stands there any more that was ready before',
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      pull({ sha: s1, labels: [] }, 30),
      deleted('shop-7', { ...p, op: 5, sha: s1 }, 40),
      pull({ sha: s1 }, 60),
    ],
    index: [
      '#7 building: feat-x, pr-7-shop',
      '#7 ready: feat-x, pr-7-shop',
      '#7 gone: feat-x, pr-7-shop',
      '#7 building: feat-x, pr-7-shop',
    ],
  },
  {
    name: 'of two with one slug the younger has its other name alone, until the elder goes',
    story: [
      pull({ sha: s1, number: 7 }),
      pull({ sha: s2, number: 8 }, 10),
      pull({ sha: s1, number: 7, merged: true }, 20),
    ],
    index: [
      '#7 building: feat-x, pr-7-shop',
      '#8 building: pr-8-shop',
      '#7 gone: feat-x, pr-7-shop',
      '#8 building: feat-x, pr-8-shop',
    ],
  },
  {
    name: 'the elder that is heard of later takes its name back',
    story: [pull({ number: 8, sha: s1, updated: 5 }, 6), pull({ number: 7, sha: s2, updated: 3 }, 7)],
    index: ['#8 building: feat-x, pr-8-shop', '#8 building: pr-8-shop', '#7 building: feat-x, pr-7-shop'],
  },
  {
    name: 'Argo CD’s word of the slug counts',
    story: [
      pull({ sha: s1 }),
      healthy('shop-7', { ...p, op: 5, sha: s1, annotations: { 'github.com/branch-slug': 'feat-y' } }, 20),
    ],
    index: ['#7 building: feat-x, pr-7-shop', '#7 ready: feat-y, pr-7-shop'],
  },
  {
    name: 'a branch without a slug has its other name alone',
    story: [pull({ sha: s1, branch: '🚀' })],
    index: ['#7 building: pr-7-shop'],
  },
  {
    name: 'repeats, comments and titles tell it nothing',
    story: [
      pull({ sha: s1 }),
      { kind: 'comments', at: 10 },
      pull({ sha: s1, title: 'Another' }, 20),
      pull({ sha: s1, title: 'Another', updated: 20 }, 30),
      until(100),
    ],
    index: ['#7 building: feat-x, pr-7-shop'],
  },
  {
    name: 'a sweep tells it again, for an index that may have lost it',
    story: [pull({ sha: s1 }), { kind: 'sweep', at: 40 }],
    index: ['#7 building: feat-x, pr-7-shop', '#7 building: feat-x, pr-7-shop'],
  },
  {
    name: 'a pull request without the label is none of its business',
    story: [pull({ sha: s1, labels: [] }), pull({ sha: s1, labels: [], merged: true }, 10)],
    index: [],
  },
  {
    name: 'where Argo CD makes previews without this label, its word alone counts',
    story: [
      pull({ sha: s1, labels: [] }),
      running('shop-7', { ...p, op: 5, sha: s1 }, 6),
      healthy('shop-7', { ...p, op: 5, sha: s1 }, 20),
      deleted('shop-7', { ...p, op: 5, sha: s1 }, 40),
    ],
    index: [`#7 building: feat-x, pr-7-shop, ${PAGE}`, '#7 ready: feat-x, pr-7-shop', '#7 gone: feat-x, pr-7-shop'],
  },
  {
    name: 'a fork that is not trusted has none',
    story: [pull({ sha: s1, fork: true, by: 'eve' }), until(100)],
    index: [],
  },
  {
    name: 'one that Argo CD says nothing of may run: the deadline keeps nobody from it, nor does the next commit',
    story: [pull({ sha: s1 }), until(2_000), pull({ sha: s2 }, 2_100), until(5_000)],
    index: ['#7 building: feat-x, pr-7-shop', '#7 unheard: feat-x, pr-7-shop'],
  },
  {
    name: 'and when it is heard of, it is what Argo CD says',
    story: [
      pull({ sha: s1 }),
      until(2_000),
      running('shop-7', { ...p, op: 2_100, sha: s1 }, 2_101),
      failedEarly('shop-7', { ...p, op: 2_100, sha: s1 }, 2_110),
    ],
    index: [
      '#7 building: feat-x, pr-7-shop',
      '#7 unheard: feat-x, pr-7-shop',
      `#7 building: feat-x, pr-7-shop, ${PAGE}`,
      `#7 failed: feat-x, pr-7-shop, ${PAGE}`,
    ],
  },
  {
    name: 'one that was ready and is heard of no more may run on',
    story: [pull({ sha: s1 }), healthy('shop-7', { ...p, op: 5, sha: s1 }, 20), pull({ sha: s2 }, 60), until(5_000)],
    index: ['#7 building: feat-x, pr-7-shop', '#7 ready: feat-x, pr-7-shop', '#7 unheard: feat-x, pr-7-shop'],
  },
  {
    name: 'where one of two environments fails, the log is that of its application',
    story: [
      pull({ sha: s1 }),
      running('shop-7', { ...p, op: 5, sha: s1 }, 6),
      says('shop-8', { ...p, environment: 'preview-eu', op: 5, sha: s1, phase: 'Failed', health: 'Missing' }, 10),
    ],
    index: [
      '#7 building: feat-x, pr-7-shop',
      `#7 building: feat-x, pr-7-shop, ${PAGE}`,
      '#7 failed: feat-x, pr-7-shop, log https://main.example.com/applications/argocd/shop-8',
    ],
  },
  {
    name: 'a page that is not https is not told',
    story: [pull({ sha: s1 }), says('plain:shop-7', { ...p, op: 5, sha: s1, phase: 'Running', health: 'Missing' }, 6)],
    index: [
      '#7 building: feat-x, pr-7-shop',
      '#7 building: feat-x, pr-7-shop, log https://plain.example.com/applications/argocd/shop-7',
    ],
  },
];

describe('the index of previews is told', () => {
  it.each(stories.map((each) => [each.name, each] as const))('%s', (_, { story, index }) => {
    expect(play({ story, config: { argocd, previews: { url: URL } } }).index).toEqual(index);
  });

  it('nothing where no URL says by which host a preview is reached', () => {
    const [first] = stories;

    expect(play({ story: first?.story ?? [], config: { argocd } }).index).toEqual([]);
  });
});

describe('the zone of the previews', () => {
  it.each([
    ['https://{slug}.example-preview.dev', 'example-preview.dev'],
    ['https://{slug}.Preview.Example.com/start?x', 'preview.example.com'],
    ['https://{slug}.example.dev:8443', 'example.dev'],
    ['https://{slug}-preview.example.com', undefined],
    ['https://{slug}.{owner}.example.com', undefined],
    ['https://example.com/{slug}.example.dev', undefined],
    ['https://app.{slug}.example.com', undefined],
    [undefined, undefined],
  ])('of %s is %s', (url, zone) => {
    expect(previewZone(url)).toBe(zone);
  });
});

describe('an index that does not know of a preview yet', () => {
  const moved = 'https://{slug}.elsewhere.dev';
  const told = (previews: object) => known({ previews });

  it.each([
    ['none was there before', told({}), { previews: { url: URL } }, ['index 7 example-preview.dev: building']],
    [
      'the zone is another: the former one is told as well',
      told({ url: URL }),
      { previews: { url: moved } },
      ['index 7 example-preview.dev: gone', 'index 7 elsewhere.dev: building'],
    ],
    [
      'it may have lost what it was told',
      told({ url: URL }),
      { previews: { url: URL } },
      ['index 7 example-preview.dev: building'],
    ],
    ['there is no zone any more', told({ url: URL }), { previews: {} }, ['index 7 example-preview.dev: gone']],
  ])('hears of it at the next sweep: %s', (_, before, config, lanes) => {
    const listed = { kind: 'performed', learned: { kind: 'listed', pull: pullOf({ sha: s1 }, 1) } } as const;
    const now = Instant.parse(T0 + 3_600_000);

    const planned = planOf(plan(listed, { ...before, config: Config.parse({ argocd, ...config }) }, now));

    expect(entriesIn(planned).map(([lane, { state }]) => `${lane}: ${state}`)).toEqual(lanes);
  });

  it.each([
    ['by its branch', 'feat-x', ['feat-x', 'pr-7-store'], 'feat-x'],
    ['by its number', '🚀', ['pr-7-store'], 'pr-7-store'],
  ])('hears of the name that a renamed repository gives a preview that is called %s', (_, branch, names, name) => {
    const look = { sha: s1, branch };
    const before = play({ story: [pull(look, 1)], config: { argocd, previews: { url: URL } } }).known;
    const renamed = { ...before, present: Repository.parse('acme/store') };
    const listed = { kind: 'performed', learned: { kind: 'listed', pull: pullOf(look, 1) } } as const;

    const { known: after, effects } = planOf(plan(listed, renamed, Instant.parse(T0 + 3_600_000)));

    expect(entriesIn({ known: after, effects, wakeAt: undefined }).at(-1)?.[1]).toMatchObject({
      repository: 'acme/shop',
      names,
    });
    expect(after.previews.get(7)?.url).toBe(`https://${name}.example-preview.dev/`);
  });

  it.each([
    ['listed', { kind: 'listed', pull: pullOf({ sha: s1 }, 1) }],
    ['not listed, and is read by itself', { kind: 'pulls', pulls: [] }],
  ] as const)('is told at each sweep by the same entry, in a call of its own: one that is %s', (_, learned) => {
    const before = known({ previews: { url: URL } });
    const entry = before.previews.get(7)?.entry;
    const swept = (seconds: number) =>
      planOf(plan({ kind: 'performed', learned }, before, Instant.parse(T0 + seconds * 1_000)));

    const calls = [3_600, 7_200].map((seconds) =>
      swept(seconds).effects.filter(({ lane }) => lane.startsWith('index')),
    );

    expect(calls).toEqual(
      [3_600, 7_200].map((seconds) => [
        {
          lane: 'index 7 example-preview.dev',
          class: 3,
          effect: { kind: 'index-preview', entry, again: T0 + seconds * 1_000 },
        },
      ]),
    );
  });

  it.each([
    ['that is gone', [pull({ sha: s1 }, 1), pull({ sha: s1, labels: [] }, 2)], 'gone'],
    ['of a fork that is not trusted', [pull({ sha: s1, fork: true, by: 'eve' }, 2)], undefined],
  ] as const)('hears nothing more of one %s, which is not written anew either', (_, story, state) => {
    const told = play({ story, config: { argocd, previews: { url: URL } } }).known;
    const [preview] = told.previews.values();
    expect(preview?.entry?.state).toBe(state);
    if (preview === undefined) throw new Error('nothing was heard of');
    const listed = { kind: 'performed', learned: { kind: 'listed', pull: preview.pull } } as const;

    const planned = planOf(plan(listed, told, Instant.parse(T0 + 3_600_000)));

    expect(entriesIn(planned)).toEqual([]);
    expect(planned.known.previews.get(7)).toBe(preview);
  });
});

describe('a dead letter of its lane that is replayed', () => {
  const before = known({ previews: { url: URL } });

  it.each([
    ['index 7 example-preview.dev', 'building', before.previews.get(7)?.entry?.at],
    ['index 7 former.dev', 'gone', undefined],
  ])('%s tells what is so now: %s', (lane, state, at) => {
    const now = Instant.parse(T0 + 90_000);

    const planned = planOf(plan({ kind: 'replay', lane }, before, now));

    const [[, entry] = []] = entriesIn(planned);
    expect(entriesIn(planned)).toHaveLength(1);
    expect(entry).toMatchObject({ repository: 'acme/shop', number: 7, state, at: at ?? now, zone: lane.split(' ')[2] });
  });
});

it('of two entries of one instant the second is the later', () => {
  const one = known({ previews: { url: URL } });
  const at = one.previews.get(7)?.entry?.at ?? 0;
  const closed = {
    kind: 'pull-request',
    id: '2',
    pull: pullOf({ sha: s1, merged: true }, 2),
    labelled: undefined,
  } as const;

  const planned = planOf(plan(closed, one, Instant.parse(at)));

  expect(planned.known.previews.get(7)?.entry).toMatchObject({ state: 'gone', at: at + 1 });
});

function known(config: Readonly<Record<string, unknown>>): Known {
  return play({ story: [pull({ sha: s1 }, 1)], config: { argocd, ...config } }).known;
}

function planOf(planned: ReturnType<typeof plan>): Planned {
  if ('ignored' in planned) throw new Error(planned.ignored);
  return planned;
}

function entriesIn({ effects }: Planned): readonly (readonly [string, PreviewEntry])[] {
  return effects.flatMap(({ lane, effect }) =>
    effect?.kind === 'index-preview' ? [[lane, effect.entry] as const] : [],
  );
}
