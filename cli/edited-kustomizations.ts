/** What src/promotions/pin makes of kustomizations, for a real `kustomize build` to judge: the tests' shapes, generated ones, and names. */
import * as fc from 'fast-check';
import { pinImage, type Wanted } from '../src/promotions/pin.ts';
import { kustomizations } from '../test/promotions/edit/kustomizations.ts';
import { names } from '../test/promotions/edit/names.ts';
import { IMAGE } from '../test/promotions/edit/shape.ts';
import { quoted, tag, written } from '../test/promotions/edit/written.ts';

const GENERATED = 500;

export function editedKustomizations(seed: number): {
  readonly shapes: readonly unknown[];
  readonly generated: readonly unknown[];
  readonly names: readonly unknown[];
} {
  const shapes = kustomizations.map(({ name, text, image = IMAGE, wanted = { tag: 'v1.5.0' } }) =>
    edited(name, text, image, { tag: wanted.tag, digest: wanted.digest }),
  );
  // Some of them pin already what is wanted.
  const generated = fc
    .sample(fc.tuple(written, tag), { numRuns: GENERATED * 2, seed })
    .map(([{ before, tag: old, quote, after }, wanted], index) =>
      edited(`generated ${index}`, `${before}${quoted(old, quote)}${after}`, IMAGE, { tag: wanted, digest: undefined }),
    );
  return { shapes: shapes.flat(), generated: generated.flat().slice(0, GENERATED), names };
}

function edited(name: string, before: string, image: string, wanted: Wanted): readonly unknown[] {
  const target = { format: 'kustomize', image } as const;
  const edit = pinImage(before, target, wanted);
  if (!edit.ok || edit.value.kind === 'unchanged') return [];
  const { text: after, from, to } = edit.value;
  // Where a tag stands that reads as a number, kustomize refuses the whole file: undone, the edit leaves it in quotes.
  const back = pinImage(after, target, from);
  const undone = back.ok && back.value.kind === 'edited' ? back.value.text : undefined;
  return [{ name, image, before, after, to, undone }];
}
