/** What the names of Kustomize's entries mean to it; `conformance/` asks Kustomize itself the same. */
import { describe, expect, it } from 'vitest';
import { mayMean } from '../../src/promotions/kustomize-name.ts';
import { pinImage } from '../../src/promotions/pin.ts';
import { names } from './edit/names.ts';
import { IMAGE } from './edit/shape.ts';
import { overlay, PromotionWorld } from './promotion-world.ts';
import { path } from './story.ts';

describe('the name of an entry', () => {
  it.each(names.map((each) => [each.name, each] as const))('%s', (name, { means, isUnsure = false }) => {
    expect(mayMean(name, IMAGE)).toBe(means || isUnsure);
  });

  it.each([
    ['ng[i]nx', 'docker.io/library/nginx', true],
    ['docker.io/library/ng[i]nx', 'nginx', true],
    ['acme/sho.', 'docker.io/acme/shop', true],
    ['library/nginx.*', 'nginx', true],
    ['ng[i]nx', 'ghcr.io/acme/nginx', false],
  ])('%s means %s: %s', (name, image, expected) => {
    expect(mayMean(name, image)).toBe(expected);
  });
});

it.each([
  ['whose time grows with its length alone', `${'(a*)*'.repeat(50)}x`, false],
  ['that is as long as one that is read', '(a|b)'.repeat(60), false],
  ['that is longer', '(a|b)'.repeat(61), true],
])('a name %s', (_, name, expected) => {
  expect(mayMean(name, 'a'.repeat(200))).toBe(expected);
});

describe('a kustomization with a name that means the image by a pattern', () => {
  const REFUSED = 'Kustomize takes this name for a regular expression, and the image may be meant by it.';

  it.each([
    ['alone', 'images:\n- name: ghcr.io/acme/.*\n  newTag: v1.4.0\n', 2],
    [
      'before its own entry',
      `images:\n- name: .*/shop\n  newName: mirror.example.com/shop\n- name: ${IMAGE}\n  newTag: v1.4.0\n`,
      2,
    ],
    ['after its own entry', `images:\n- name: ${IMAGE}\n  newTag: v1.4.0\n- name: .*/shop\n  newTag: v1.3.0\n`, 4],
    [
      'after the entry that gives it its name',
      'images:\n- name: shop\n  newName: ghcr.io/acme/shop\n  newTag: v1.4.0\n- name: ghcr.io/.*\n  newTag: v1.3.0\n',
      5,
    ],
    [
      'after the entry that gives it the name of a mirror',
      `images:\n- name: ${IMAGE}\n  newName: mirror.example.com/shop\n  newTag: v1.4.0\n- name: mirror.*\n  newTag: v1.3.0\n`,
      5,
    ],
  ])('is refused: %s', (_, text, line) => {
    const edit = pinImage(text, { format: 'kustomize', image: IMAGE }, { tag: 'v1.5.0', digest: undefined });

    expect(edit).toEqual({ ok: false, failure: { reason: 'pattern', line, words: REFUSED } });
  });

  it.each([
    [
      'that gives what it describes the name of the image',
      'images:\n- name: .*shop\n  newName: ghcr.io/acme/shop\n  newTag: v1.4.0\n',
    ],
    [
      'that is for another image',
      `images:\n- name: ghcr.io/other/.*\n  newTag: v1.4.0\n- name: ${IMAGE}\n  newTag: v1.4.0\n`,
    ],
  ])('is edited where it is one %s', (_, text) => {
    const edit = pinImage(text, { format: 'kustomize', image: IMAGE }, { tag: 'v1.5.0', digest: undefined });

    expect(edit).toMatchObject({ value: { kind: 'edited', text: text.replace(/v1\.4\.0(?!.*v1\.4\.0)/s, 'v1.5.0') } });
  });

  it('is not passed over as if it did not pin the image: what stands against it is shown', () => {
    const world = new PromotionWorld({ [path('sandbox')]: overlay({ 'ghcr.io/acme/.*': 'v1.0.0' }) });

    world.image('v1.1.0');
    world.until(100);

    expect([...world.known.promotions.values()].map(({ unreadable }) => unreadable?.words)).toEqual([REFUSED]);
    expect(world.open()).toEqual([]);
  });
});
