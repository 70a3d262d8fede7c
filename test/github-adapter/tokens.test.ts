/** One token per repository and role: shared while it lasts, forgotten once refused. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Tokens } from '../../src/github/tokens.ts';
import { later } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { failed, ok } from '../../src/words/result.ts';
import { NOW, SHOP } from './recorded.ts';

const CART = Repository.parse('acme/cart');
const MINUTE = 60_000;

let now = NOW;
let minted = 0;
let tokens: Tokens;
beforeEach(() => {
  now = NOW;
  minted = 0;
  tokens = new Tokens(
    async () => {
      minted += 1;
      return ok({ token: `ghs_${minted}`, expiresAt: later(now, 60 * MINUTE) });
    },
    () => now,
  );
});

describe('a token', () => {
  it('is minted once for all who ask at the same time', async () => {
    const given = await Promise.all([
      tokens.find(SHOP, 'application'),
      tokens.find(SHOP, 'application'),
      tokens.find(SHOP, 'application'),
    ]);

    expect(given).toEqual([ok('ghs_1'), ok('ghs_1'), ok('ghs_1')]);
  });

  it('is shared neither between repositories nor between roles', async () => {
    const given = [
      await tokens.find(SHOP, 'application'),
      await tokens.find(CART, 'application'),
      await tokens.find(SHOP, 'promoter'),
      await tokens.find(SHOP, 'application'),
    ];

    expect(given).toEqual([ok('ghs_1'), ok('ghs_2'), ok('ghs_3'), ok('ghs_1')]);
  });

  it.each([
    [54, 'ghs_1'],
    [55, 'ghs_2'],
    [70, 'ghs_2'],
  ])('after %i minutes is %s', async (minutes, token) => {
    await tokens.find(SHOP, 'application');
    now = later(NOW, minutes * MINUTE);

    expect(await tokens.find(SHOP, 'application')).toEqual(ok(token));
  });
});

describe('a refused token', () => {
  it('is minted anew', async () => {
    await tokens.find(SHOP, 'application');
    tokens.drop('ghs_1');

    expect(await tokens.find(SHOP, 'application')).toEqual(ok('ghs_2'));
  });

  it('that was replaced already costs the new one nothing', async () => {
    await tokens.find(SHOP, 'application');
    tokens.drop('ghs_1');
    await tokens.find(SHOP, 'application');
    tokens.drop('ghs_1');

    expect(await tokens.find(SHOP, 'application')).toEqual(ok('ghs_2'));
  });

  it('and another right after it end in a pause of this repository, not in a loop', async () => {
    await tokens.find(SHOP, 'application');
    tokens.drop('ghs_1');
    await tokens.find(SHOP, 'application');
    now = later(NOW, 5_000);
    tokens.drop('ghs_2');

    expect(await tokens.find(SHOP, 'application')).toMatchObject({
      ok: false,
      failure: { kind: 'later', certain: false, reason: { code: 'token-refused' }, notBefore: NOW + 65_000 },
    });
    expect(await tokens.find(CART, 'application')).toEqual(ok('ghs_3'));
    now = later(NOW, 65_000);
    expect(await tokens.find(SHOP, 'application')).toEqual(ok('ghs_4'));
  });

  it('and another much later do not', async () => {
    await tokens.find(SHOP, 'application');
    tokens.drop('ghs_1');
    await tokens.find(SHOP, 'application');
    now = later(NOW, 5_001);
    tokens.drop('ghs_2');

    expect(await tokens.find(SHOP, 'application')).toEqual(ok('ghs_3'));
  });
});

it('a failure to mint is told to all who asked, and tried again for the next', async () => {
  const refused = failed({ kind: 'later', reason: { code: 'unavailable', message: '' }, certain: false } as const);
  let tries = 0;
  const failing = new Tokens(
    async () => {
      tries += 1;
      return refused;
    },
    () => now,
  );

  expect(await Promise.all([failing.find(SHOP, 'application'), failing.find(SHOP, 'application')])).toEqual([
    refused,
    refused,
  ]);
  expect(await failing.find(SHOP, 'application')).toEqual(refused);
  expect(tries).toBe(2);
});
