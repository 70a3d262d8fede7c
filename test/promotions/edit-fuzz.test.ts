/**
 * Generated kustomizations: everything but the pin is the same to the byte, and the pin is the wanted text in both YAMLs.
 * `SEED=7 RUNS=100000 npx vitest run --project node test/promotions/edit-fuzz.test.ts` looks longer, or again.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { pinImage } from '../../src/promotions/pin.ts';
import { IMAGE } from './edit/shape.ts';
import { quoted, tag, written } from './edit/written.ts';

const RUNS = Number(process.env['RUNS'] ?? 1_000);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);

it(`of ${RUNS} kustomizations nothing changes but the pin (SEED=${SEED})`, { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(written, tag, ({ before, tag: old, quote, after }, wanted) => {
      const text = `${before}${quoted(old, quote)}${after}`;

      const edit = pinImage(text, { format: 'kustomize', image: IMAGE }, { tag: wanted, digest: undefined });

      if (!edit.ok) throw new Error(JSON.stringify(edit.failure));
      if (edit.value.kind === 'unchanged') return wanted === old;
      const edited = edit.value.text;
      const pin = edited.slice(before.length, edited.length - after.length);
      expect(edited).toBe(`${before}${pin}${after}`);
      expect(quote === '' ? [wanted, `"${wanted}"`] : [quoted(wanted, quote)]).toContain(pin);
      for (const version of ['1.1', '1.2'] as const) expect(parse(pin, { version })).toBe(wanted);
      return true;
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
