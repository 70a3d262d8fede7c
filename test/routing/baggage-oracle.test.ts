/**
 * What OpenTelemetry's propagator reads of baggage that came in, it reads of what goes on, but for the differences that are named
 * here. `SEED=<seed> RUNS=100000 npx vitest run --project node test/routing/baggage-oracle.test.ts` looks longer.
 */
import assert from 'node:assert/strict';
import { type BaggageEntry, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { W3CBaggagePropagator } from '@opentelemetry/core';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseBaggage, siftBaggage } from '../../src/routing/baggage.ts';

const { RUNS, SEED } = process.env;
const OWN = 'preview=foo';

const oracle = new W3CBaggagePropagator();

function read(header: string): ReadonlyMap<string, BaggageEntry> {
  const carrier = { get: () => header, keys: () => ['baggage'] };
  return new Map(propagation.getBaggage(oracle.extract(ROOT_CONTEXT, {}, carrier))?.getAllEntries() ?? []);
}

/** By the specification's own tables, sign by sign, and not by the expressions that are tested. */
const TOKEN = new Set("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
const isToken = (text: string) => text !== '' && Array.from(text).every((sign) => TOKEN.has(sign));
const isValue = (text: string) =>
  Array.from(text).every((sign) => sign > ' ' && sign < '\x7f' && !'",;\\'.includes(sign));
const trimmed = (text: string) => text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');

type Part = { readonly key: string; readonly value: string; readonly isGrammatical: boolean };

function partOf(text: string): Part {
  const [pair = '', ...properties] = text.split(';');
  const halves = (of: string) => [of.slice(0, of.indexOf('=')), of.slice(of.indexOf('=') + 1)].map(trimmed);
  const isPair = (of: string) => {
    const [key = '', value = ''] = halves(of);
    return of.includes('=') && isToken(key) && isValue(value);
  };
  const [key = '', value = ''] = halves(pair);
  const isGrammatical = isPair(pair) && properties.every((each) => isPair(each) || isToken(trimmed(each)));
  return { key, value, isGrammatical };
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Why the two may differ about a member: facts/routing-templates §1 has the oracle's, the specification's grammar ours. */
const DIFFERENCES: Readonly<Record<string, (part: Part, text: string) => boolean>> = {
  'the oracle drops an empty value': ({ isGrammatical, value }) => isGrammatical && value === '',
  'the oracle drops what does not decode': ({ isGrammatical, key, value }) =>
    isGrammatical && !(decodes(key) && decodes(value)),
  'the oracle drops a member of more than 4,096 bytes': ({ isGrammatical }, text) =>
    isGrammatical && text.length > 4_096,
  'the oracle keeps its members in a plain object': ({ isGrammatical, key }) => isGrammatical && key === '__proto__',
  'the grammar has no such key, value or property': ({ isGrammatical }) => !isGrammatical,
};

function differenceOf(text: string): string | undefined {
  return Object.entries(DIFFERENCES).find(([, holds]) => holds(partOf(text), text))?.[0];
}

const word = fc.stringMatching(/^[a-z]{1,6}$/);
const sign = fc.constantFrom(
  ...'!#$%&\'*+-.^_`|~:<>[]{}()/?@="\\é😀\x7f\x00 \t'.split(''),
  '%41',
  '%2C',
  '%C3%A9',
  '%ff',
  '%zz',
);
const odd = fc.array(fc.oneof({ weight: 3, arbitrary: word }, sign), { maxLength: 4 }).map((parts) => parts.join(''));
const ours = fc.constantFrom(
  'preview',
  'Preview',
  'PREVIEW',
  'pre%76iew',
  '%70review',
  'preview%20',
  '+preview',
  'preview ',
);
const key = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('a', 'b', 'user.id', 'k%C3%A9y') },
  { weight: 6, arbitrary: word },
  { weight: 4, arbitrary: ours },
  { weight: 4, arbitrary: odd },
  fc.constantFrom('__proto__', 'constructor', '0'),
);
const value = fc.oneof(
  { weight: 12, arbitrary: word },
  { weight: 6, arbitrary: fc.string({ maxLength: 8 }).map(encodeURIComponent) },
  { weight: 4, arbitrary: odd },
  { weight: 1, arbitrary: fc.integer({ min: 3_000, max: 5_000 }).map((length) => 'v'.repeat(length)) },
);
const space = fc.constantFrom('', '', '', ' ', '\t', '  ');
const property = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 4, arbitrary: fc.tuple(word, space, value).map(([name, gap, held]) => `${name}${gap}=${gap}${held}`) },
  fc.constantFrom('', 'preview=evil'),
  odd,
);
const member = fc
  .tuple(
    key,
    space,
    value,
    fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(property, { maxLength: 2 })),
    space,
  )
  .map(
    ([name, gap, held, properties, end]) =>
      [`${end}${name}${gap}=${gap}${held}`, ...properties].join(`${gap};${end}`) + end,
  );
const part = fc.oneof({ weight: 20, arbitrary: member }, { weight: 1, arbitrary: odd });
const header = fc.oneof(
  { weight: 30, arbitrary: fc.array(part, { maxLength: 6 }) },
  { weight: 1, arbitrary: fc.array(part, { minLength: 60, maxLength: 70, size: 'max' }) },
);

it("agrees with OpenTelemetry's propagator but for what is named", { timeout: 600_000 }, () => {
  const came: Record<string, number> = { members: 0, headers: 0 };
  const count = (what: string) => {
    came[what] = (came[what] ?? 0) + 1;
  };

  fc.assert(
    fc.property(header, (texts) => {
      // Some parts of ours hold commas themselves: these are the members as anybody reads them.
      const incoming = texts.join(',');
      const parts = incoming.split(',');
      for (const each of parts) {
        const difference = differenceOf(each);
        count(difference ?? 'members');
        const [mine] = parseBaggage(each);
        if (difference === undefined) assert.deepEqual(entries(read(mine?.text ?? '')), entries(read(each)));
        else assert.equal(mine === undefined, !partOf(each).isGrammatical);
      }

      const onward = siftBaggage(incoming, { member: 'preview', slug: 'foo', keeps: () => true }) ?? '';
      assert.deepEqual(read(onward).get('preview'), { value: 'foo' });
      assert.ok(onward === OWN || onward.startsWith(`${OWN},`), onward);
      assert.deepEqual([...read(onward).keys()].filter(readsAsOurs), ['preview']);
      assert.ok(onward.split(',').length <= 64 && onward.length <= 8_192);

      // Above, and where members are dropped for want of room, the two may carry different ones.
      if (parts.length > 63 || incoming.length + OWN.length + 1 > 8_192) return count('more than has to be carried');
      if (parts.some((each) => each !== '' && differenceOf(each) !== undefined)) return;
      count('headers');
      const foreign = [...entries(read(incoming))].filter(([name]) => !readsAsOurs(name));
      assert.deepEqual(
        entries(read(onward)).filter(([name]) => name !== 'preview'),
        foreign,
      );
    }),
    { numRuns: Number(RUNS ?? 4_000), ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  );

  // Each difference comes up, and most of what is compared is not one.
  expect(Object.keys(came).toSorted()).toEqual(
    [...Object.keys(DIFFERENCES), 'headers', 'members', 'more than has to be carried'].toSorted(),
  );
  expect(came.members).toBeGreaterThan((came['the grammar has no such key, value or property'] ?? 0) * 2);
});

/** To some service down the way. */
function readsAsOurs(key: string): boolean {
  return /^[\s+]*preview[\s+]*$/i.test(key);
}

/** In one order, and without the white space that is optional before properties. */
function entries(read: ReadonlyMap<string, BaggageEntry>): readonly [string, string, string | undefined][] {
  return [...read]
    .map(([name, { value, metadata }]): [string, string, string | undefined] => [
      name,
      value,
      metadata
        ?.toString()
        .replace(/[ \t]*([;=])[ \t]*/g, '$1')
        .replace(/^[ \t]+|[ \t]+$/g, ''),
    ])
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}
