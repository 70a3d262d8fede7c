/** By which name a preview is reached: one that is its own, and that the router takes for nobody else's. */
import { describe, expect, it } from 'vitest';
import { s1 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import { Router } from '../../schemas/router.ts';
import { ownName } from '../../src/previews/name.ts';
import { placeOf } from '../../src/routing/host.ts';
import { Repository } from '../../src/words/repository.ts';
import { play } from '../deployments/play.ts';
import { pull } from '../deployments/story.ts';

const zone = 'example-preview.dev';
const router = Router.parse({ zone, entry: 'shop', apps: [{ name: 'github', origin: 'https://github.example.com' }] });
const slugAt = (host: string) => {
  const place = placeOf(`https://${host}/`, router);
  return place.kind === 'place' ? place.slug : place.kind;
};

describe('the name that a preview has by its number', () => {
  it.each([
    ['acme/shop', 'pr-7-shop'],
    ['Acme/Shop_2.x', 'pr-7-shop-2-x'],
    ['acme/.github', 'pr-7-github'],
    ['acme/-x', 'pr-7-x'],
    ['acme/x-', 'pr-7-x'],
    ['acme/a--b', 'pr-7-a-b'],
    ['acme/a-._-b', 'pr-7-a-b'],
    ['acme/---', 'pr-7'],
    [`acme/${'long-'.repeat(20)}`, `pr-7-${'long-'.repeat(11)}lon`],
    [`acme/${'a'.repeat(57)}-b`, `pr-7-${'a'.repeat(57)}`],
  ])('in %s is %s, and the router finds it by that', (repository, name) => {
    expect(ownName(7, Repository.parse(repository))).toBe(name);
    expect(slugAt(`${name}.${zone}`)).toBe(name);
  });
});

describe('a branch that is called as the shared environment', () => {
  const addressOf = (branch: string, previews: object = {}) => {
    const config = { previews: { url: `https://{slug}.${zone}`, ...previews } };
    const [preview] = play({ story: [pull({ sha: s1, branch })], config }).known.previews.values();
    return [preview?.url, preview?.entry?.names.join()];
  };

  it.each(Config.parse({}).previews.reserved)('leaves it the name %s, and has its own', (name) => {
    expect(slugAt(`${name}.${zone}`)).toBeUndefined();
    expect(addressOf(name)).toEqual([`https://pr-7-shop.${zone}/`, 'pr-7-shop']);
    expect(addressOf(name.toUpperCase())).toEqual([`https://pr-7-shop.${zone}/`, 'pr-7-shop']);
  });

  it('is what the configuration says: another name is free then', () => {
    const previews = { reserved: ['api'] };

    expect(addressOf('api', previews)).toEqual([`https://pr-7-shop.${zone}/`, 'pr-7-shop']);
    expect(addressOf('main', previews)).toEqual([`https://main.${zone}/`, 'main,pr-7-shop']);
  });
});
