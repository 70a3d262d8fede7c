/** What goes on of the baggage that came in, and the member that the router alone sets. */
import { describe, expect, it } from 'vitest';
import { parseBaggage, siftBaggage } from '../../src/routing/baggage.ts';

const all = () => true;
const none = () => false;

function sifted(incoming: string | null, keeps: (key: string) => boolean = all): string | undefined {
  return siftBaggage(incoming, { member: 'preview', slug: 'foo', keeps });
}

const many = Array.from({ length: 64 }, (_, index) => `k${index}=v`);

describe('baggage for preview foo, where everything else may pass', () => {
  it.each([
    ['1', 'nothing', null, 'preview=foo'],
    ['3', 'members with properties', 'a=1,b=2;p=1', 'preview=foo,a=1,b=2;p=1'],
    ['4', 'a member that names another preview', 'preview=evil,a=1', 'preview=foo,a=1'],
    ['5', 'two lines, as Headers join them', 'preview=x, preview=y', 'preview=foo'],
    ['6', 'a key that decodes to ours', 'pre%76iew=evil', 'preview=foo'],
    ['6', 'a key that differs by case alone', 'Preview=evil', 'preview=foo'],
    ['6', 'both at once', 'P%72eview=evil,%50REVIEW=evil', 'preview=foo'],
    ['7', 'optional white space', ' a = 1 ; p , b=2 ', 'preview=foo,a=1;p,b=2'],
    ['7', 'tabs and a property with a value', '\ta\t=\t1\t;\tp\t=\tq\t', 'preview=foo,a=1;p=q'],
    ['8', 'equals signs in a value', 'a=b=c', 'preview=foo,a=b=c'],
    ['9', 'no key, no value, an empty value, a value that is not ASCII', '=1,novalue,a=,b=é', 'preview=foo,a='],
    ['10', 'a quoted value', 'a="q",b=1', 'preview=foo,b=1'],
    ['11', 'our key as a property of another', 'a=1;preview=evil', 'preview=foo,a=1;preview=evil'],
    ['12', '64 members', many.join(','), ['preview=foo', ...many.slice(0, 63)].join(',')],
    ['13', 'as many bytes as there may be', `k=${'v'.repeat(8_178)}`, `preview=foo,k=${'v'.repeat(8_178)}`],
    ['14', 'one byte more', `k=${'v'.repeat(8_179)}`, 'preview=foo'],
    ['–', 'one too long before one that fits', `k=${'v'.repeat(9_000)},a=1`, 'preview=foo,a=1'],
    ['–', 'duplicates, in their order', 'a=1,b=2,a=3', 'preview=foo,a=1,b=2,a=3'],
    ['–', 'empty members', ',,a=1, ,', 'preview=foo,a=1'],
    ['–', 'an empty property', 'a=1;,b=2', 'preview=foo,b=2'],
    ['–', 'a property that is none', 'a=1;p q,b=2', 'preview=foo,b=2'],
    ['–', 'a backslash, a space, a delete', 'a=\\,b=x y,c=\x7f,d=1', 'preview=foo,d=1'],
    ['–', 'a key that does not decode', 'preview%=evil,%ff=1', 'preview=foo,preview%=evil,%ff=1'],
    ['–', 'a key that some readers trim to ours', 'preview%20=evil,+preview=evil', 'preview=foo'],
    ['–', 'a name that begins or ends like ours', 'mypreview=1,preview2=1', 'preview=foo,mypreview=1,preview2=1'],
  ] as const)('vector %s: %s', (_, __, incoming, wanted) => {
    expect(sifted(incoming)).toBe(wanted);
  });

  it.each([
    ['2', 'no key may pass', 'a=1', none, 'preview=foo'],
    ['–', 'one may pass', 'a=1,b=2;p,c=3', (key: string) => key === 'b', 'preview=foo,b=2;p'],
    ['–', 'ours is named among those that may', 'preview=evil', (key: string) => key === 'preview', 'preview=foo'],
  ] as const)('vector %s: %s', (_, __, incoming, keeps, wanted) => {
    expect(sifted(incoming, keeps)).toBe(wanted);
  });
});

describe('baggage for the shared environment', () => {
  it.each([
    ['15', 'names no preview', 'preview=evil,a=1', 'a=1'],
    ['–', 'is none where nothing is left', 'preview=evil', undefined],
    ['–', 'is none where none came', null, undefined],
  ] as const)('vector %s: %s', (_, __, incoming, wanted) => {
    expect(siftBaggage(incoming, { member: 'preview', slug: undefined, keeps: all })).toBe(wanted);
  });
});

it('no header makes the parser go back: a megabyte of each kind of sign is read at once', () => {
  const beganAt = performance.now();
  for (const sign of [' ', '\t', 'a', '=', ';', ',', '%', ' =', '; ', 'a ;', '%76', ' a\t=']) {
    parseBaggage(`a=1${sign.repeat(1_000_000 / sign.length)}"`);
    parseBaggage(`a${sign.repeat(1_000_000 / sign.length)}"`);
  }
  // Quadratic time would be minutes for each.
  expect(performance.now() - beganAt).toBeLessThan(20_000);
});
