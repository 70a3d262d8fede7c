/** When Image Updater's own pull request is over, because ours stand for all that it brings; and where its images go. */
import { describe, expect, it } from 'vitest';
import type { Candidate, Pin } from '../../schemas/candidate.ts';
import { Config } from '../../schemas/config.ts';
import { nothingKnown } from '../../schemas/known.ts';
import { EMPTY_DESK, Promotion } from '../../schemas/promotion.ts';
import { withoutUpdaters } from '../../src/promotions/supersede.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';
import { IMAGE, overlay, PromotionWorld } from './promotion-world.ts';
import { path, pinned, RULES } from './story.ts';

const HEAD = Sha.parse('e'.repeat(40));
const OTHER_HEAD = Sha.parse('d'.repeat(40));
const NOW = Instant.parse(1_795_000_000_000);

/** A target's file pins `pins`. `open` and `merged` are ours: a number, and what it brings. */
type Target = {
  readonly pins?: string;
  readonly file?: string;
  readonly open?: readonly [number, string];
  readonly merged?: readonly [number, string];
  readonly closing?: boolean;
  readonly isBeingWritten?: boolean;
  readonly isGone?: boolean;
};
type Case = readonly [
  string,
  { readonly at: string; readonly tag?: string; readonly image?: string }[],
  Readonly<Record<string, Target>>,
  string,
];

const SANDBOX = path('sandbox');
const BASE = 'base/kustomization.yaml';
const LEFT = 'left open';

describe('a pull request of Image Updater that brings v1.2.0', () => {
  it.each<Case>([
    ["in sandbox's overlay, and ours in sandbox too", [{ at: SANDBOX }], { sandbox: { open: [1, 'v1.2.0'] } }, '#1'],
    [
      "in sandbox's overlay, and ours in production",
      [{ at: SANDBOX }],
      { sandbox: {}, production: { open: [1, 'v1.2.0'] } },
      LEFT,
    ],
    ["in sandbox's overlay, which is no target", [{ at: SANDBOX }], { production: { open: [1, 'v1.2.0'] } }, LEFT],
    [
      'in the base, and ours in sandbox and production',
      [{ at: BASE }],
      { sandbox: { open: [1, 'v1.2.0'] }, production: { open: [2, 'v1.2.0'] } },
      '#1, #2',
    ],
    [
      'in the base, and ours in sandbox alone',
      [{ at: BASE }],
      { sandbox: { open: [1, 'v1.2.0'] }, production: {} },
      LEFT,
    ],
    [
      'in the base, and production has it by other hands',
      [{ at: BASE }],
      { sandbox: { open: [1, 'v1.2.0'] }, production: { pins: 'v1.2.0' } },
      '#1',
    ],
    [
      'in the base, and production is past it',
      [{ at: BASE }],
      { sandbox: { open: [1, 'v1.2.0'] }, production: { pins: 'v1.3.0' } },
      '#1',
    ],
    ['in the base, and all have it by other hands', [{ at: BASE }], { sandbox: { pins: 'v1.2.0' } }, LEFT],
    [
      'in the base, and production no longer pins the image',
      [{ at: BASE }],
      { sandbox: { open: [1, 'v1.2.0'] }, production: { isGone: true } },
      '#1',
    ],
    ['in the base, and nothing pins the image', [{ at: BASE }], {}, LEFT],
    [
      "in a file that is sandbox's by the rules, and ours in sandbox",
      [{ at: 'apps/sandbox.yaml' }],
      { sandbox: { file: 'apps/sandbox.yaml', open: [1, 'v1.2.0'] }, production: {} },
      '#1',
    ],
    [
      "in a file that is sandbox's by the rules, and ours in production",
      [{ at: 'apps/sandbox.yaml' }],
      { sandbox: { file: 'apps/sandbox.yaml' }, production: { open: [1, 'v1.2.0'] } },
      LEFT,
    ],
    ['and ours brings an older one', [{ at: SANDBOX }], { sandbox: { open: [1, 'v1.1.0'] } }, LEFT],
    ['and ours brings a newer one', [{ at: SANDBOX }], { sandbox: { open: [1, 'v1.3.0'] } }, '#1'],
    [
      'and ours is about to be written with it',
      [{ at: SANDBOX }],
      { sandbox: { open: [1, 'v1.2.0'], isBeingWritten: true } },
      LEFT,
    ],
    ['and ours is about to be closed', [{ at: SANDBOX }], { sandbox: { open: [1, 'v1.2.0'], closing: true } }, LEFT],
    ['and ours with it was merged', [{ at: SANDBOX }], { sandbox: { pins: 'v1.2.0', merged: [1, 'v1.2.0'] } }, '#1'],
    [
      'and ours with it was merged, and is rolled back',
      [{ at: SANDBOX }],
      { sandbox: { merged: [1, 'v1.2.0'] } },
      LEFT,
    ],
    [
      'and ours that was merged is older',
      [{ at: SANDBOX }],
      { sandbox: { pins: 'v1.1.0', merged: [1, 'v1.1.0'] } },
      LEFT,
    ],
    [
      'and another image, which ours do not bring',
      [{ at: SANDBOX }, { at: SANDBOX, image: 'ghcr.io/acme/cart' }],
      { sandbox: { open: [1, 'v1.2.0'] } },
      LEFT,
    ],
    [
      'and the same for another file, which ours bring as well',
      [{ at: SANDBOX }, { at: path('production') }],
      { sandbox: { open: [1, 'v1.2.0'] }, production: { open: [2, 'v1.2.0'] } },
      '#1, #2',
    ],
    ['and nothing that can be understood', [], { sandbox: { open: [1, 'v1.2.0'] } }, LEFT],
  ])('%s', (_, found, targets, expected) => {
    const { known, effects } = withoutUpdaters(knowing(found, targets));

    const closed = effects.map(({ effect }) => (effect?.kind === 'close-pull' ? effect.comment : effect?.kind));
    const comment = `Hawser promotes this by the rules of this repository: ${expected}.`;
    expect(closed).toEqual(expected === LEFT ? [] : [comment]);
    expect(known.desk.updaters.length).toBe(expected === LEFT ? 1 : 0);
  });

  it('while its image waits for a look at the base: that may find further targets', () => {
    const known = knowing([{ at: BASE }], { sandbox: { open: [1, 'v1.2.0'] } });
    const [candidate] = known.desk.updaters[0]?.candidates ?? [];
    const waiting = candidate === undefined ? [] : [{ candidate, notBefore: NOW }];

    expect(withoutUpdaters({ ...known, desk: { ...known.desk, waiting } }).effects).toEqual([]);
  });
});

describe('the images of a pull request of Image Updater', () => {
  const targets = ['sandbox', 'production'].map((name) => [
    `  - { environment: ${name}, path: apps/${name}.yaml, format: kustomize, image: ${IMAGE} }`,
  ]);
  const files = {
    'apps/sandbox.yaml': overlay({ [IMAGE]: 'v1.0.0' }),
    'apps/production.yaml': overlay({ [IMAGE]: 'v1.0.0' }),
    [RULES]: ['version: 1', 'targets:', ...targets.flat(), ''].join('\n'),
  };

  it.each([
    ['one file alone is for the target that it belongs to', 'apps/sandbox.yaml', ['#8 Promote shop v1.2.0 to sandbox']],
    [
      'a file that is nobody’s is for all targets',
      'base/kustomization.yaml',
      ['#8 Promote shop v1.2.0 to sandbox', '#9 Promote shop v1.2.0 to production'],
    ],
  ])('in %s', (_, at, open) => {
    const world = new PromotionWorld(files);

    world.updater(7, { [at]: overlay({ [IMAGE]: 'v1.2.0' }) });
    world.until(100);

    expect(world.open()).toEqual(open);
    expect(world.calls).toContain('close #7');
  });
});

/** Any promotion, to be changed into each of a case's. */
const SOME = someone();

function someone(): Promotion | undefined {
  const world = new PromotionWorld(pinned('sandbox', 'v1.0.0'));
  world.image('v1.1.0');
  return [...world.known.promotions.values()][0];
}

function knowing(found: Case[1], targets: Case[2]) {
  const promotions = Object.entries(targets).map(([environment, target]) => promotion(environment, target));
  const candidates = found.map(({ at, tag = 'v1.2.0', image = IMAGE }): Candidate => {
    const environment = /^overlays\/([^/]+)/.exec(at)?.[1];
    const place = environment === undefined ? {} : { environment };
    return { image, tag, path: at, ...place, origin: 'image-updater', firstSeen: NOW };
  });
  const updaters = [{ branch: 'image-updater-shop', number: 7, sha: HEAD, candidates }];
  return {
    ...nothingKnown(Config.parse({}), Repository.parse('acme/shop-deployment')),
    promotions: new Map(promotions.map((each) => [each.key, each])),
    desk: { ...EMPTY_DESK, updaters },
  };
}

function promotion(environment: string, target: Target): Promotion {
  const { pins = 'v1.0.0', file = path(environment), open, merged, closing = false, isBeingWritten = false } = target;
  const head = isBeingWritten ? OTHER_HEAD : HEAD;
  return Promotion.parse({
    ...SOME,
    key: JSON.stringify([environment, IMAGE]),
    environment,
    files: target.isGone === true ? [] : [{ path: file, text: overlay({ [IMAGE]: pins }), format: 'kustomize' }],
    present: { tag: pins },
    writes: open === undefined ? [] : [{ body: '', draft: draftOf({ tag: open[1] }), number: open[0], head: HEAD }],
    pull: open === undefined ? null : { ...SOME?.pull, number: open[0], head },
    closed: closing && open !== undefined ? [open[0]] : [],
    merged:
      merged === undefined ? [] : [{ number: merged[0], at: 0, draft: draftOf({ tag: merged[1] }), onFailure: 'none' }],
  });
}

function draftOf(pin: Pin) {
  const from = { tag: 'v1.0.0' };
  return { pin, candidate: null, reverts: null, from, fromSha: null, to: pin, base: HEAD, refused: null };
}
