/** What an edit changes in files as people write them, and which it leaves to a person. */
import { describe, expect, it } from 'vitest';
import { pinImage } from '../../src/promotions/pin.ts';
import { diff } from './edit/diff.ts';
import { kustomizations } from './edit/kustomizations.ts';
import { otherFormats } from './edit/other-formats.ts';
import { refused } from './edit/refused.ts';
import { IMAGE, type Shape } from './edit/shape.ts';

const corpus = [...kustomizations, ...otherFormats, ...refused];

describe('the line that pins an image', () => {
  it.each(corpus.map((shape) => [shape.format ?? 'kustomize', shape.name, shape] as const))(
    '%s: %s',
    (_, __, shape) => {
      expect(played(shape)).toEqual({ diff: shape.diff, refused: shape.refused });
    },
  );
});

function played({ text, format = 'kustomize', image = IMAGE, keys, wanted = { tag: 'v1.5.0' } }: Shape) {
  const edit = pinImage(text, { format, image, keys }, { tag: wanted.tag, digest: wanted.digest });
  if (!edit.ok) {
    const { reason, line, words } = edit.failure;
    return { diff: undefined, refused: `${reason} ${line}: ${words}` };
  }
  return { diff: edit.value.kind === 'unchanged' ? [] : diff(text, edit.value.text), refused: undefined };
}
