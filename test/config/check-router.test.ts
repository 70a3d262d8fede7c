/** What is wrong with a configuration of the router that wrangler would deploy, and where: by itself, and beside the bridge's. */
import { describe, expect, it } from 'vitest';
import { located } from '../../cli/check-router/located.ts';
import { problemsOf } from '../../cli/check-router/problems.ts';
import { Config } from '../../schemas/config.ts';
import { dottedPath } from '../../src/words/dotted-path.ts';

const ROUTES = 'routes = [{ pattern = "*.acme.dev/*", zone_name = "acme.dev" }]';
const VARIABLES = '[vars.ROUTER]\nzone = "acme.dev"\nentry = "shop"';
const API = (origin: string) => `[[vars.ROUTER.apps]]\nname = "api"\norigin = "${origin}"`;
const KV = (binding: string) => `[[kv_namespaces]]\nbinding = "${binding}"\nid = "1"`;
const BRIDGE = '[[services]]\nbinding = "BRIDGE"\nservice = "hawser"';
const NAMES = 'entrypoint = "PreviewNames"';

/** `line: path: message`, and a `?` before what is a warning. */
function about(lines: readonly string[], previews: object = {}): readonly string[] {
  const parsed = located(lines.join('\n'));
  if ('message' in parsed) return [`${parsed.line}: ${parsed.message}`];
  return problemsOf(parsed.value, Config.parse({ previews })).map(
    ({ kind, path, message }) =>
      `${kind === 'warning' ? '? ' : ''}${parsed.lineOf(path)}: ${dottedPath(path)}: ${message}`,
  );
}

describe('nothing is wrong', () => {
  it.each([
    ['with a table of a route', [ROUTES, VARIABLES]],
    ['with the pattern alone', ['routes = ["*.acme.dev/*"]', VARIABLES]],
    ['with one route', ['route = "*.acme.dev/*"', VARIABLES]],
    ['with one route as a table', ['route = { pattern = "*.acme.dev/*", zone_name = "acme.dev" }', VARIABLES]],
    ['with more than one route', ['routes = ["acme.com/*", { pattern = "*.acme.dev/*", zone_id = "1" }]', VARIABLES]],
    ['with an application elsewhere', [ROUTES, VARIABLES, API('https://api.acme.com')]],
    [
      'with one in the zone whose name is shared',
      [ROUTES, VARIABLES, 'shared = ["api"]', API('https://api.acme.dev')],
      { reserved: ['api'] },
    ],
    ['with one two levels below the zone, where no preview is', [ROUTES, VARIABLES, API('https://api.main.acme.dev')]],
    [
      'bound to the index of its zone',
      [ROUTES, VARIABLES, KV('PREVIEWS'), BRIDGE, NAMES],
      { url: 'https://{slug}.acme.dev' },
    ],
    [
      'where the same names are shared and reserved, in any order',
      [ROUTES, VARIABLES, 'shared = ["www", "stable"]'],
      { reserved: ['stable', 'www'] },
    ],
    [
      'where Hawser’s previews have their addresses elsewhere',
      [ROUTES, VARIABLES, 'shared = ["a"]'],
      { url: 'https://{slug}.acme.com' },
    ],
  ] as [string, string[], object?][])('%s', (_, lines, previews) => {
    expect(about(lines, previews)).toEqual([]);
  });
});

describe('is named', () => {
  it.each([
    [
      'no route at all',
      [VARIABLES],
      {},
      ['1: routes: is required, with *.acme.dev/*: no preview would reach the router'],
    ],
    [
      'routes of something else',
      ['routes = ["*.acme.com/*"]', VARIABLES],
      {},
      ['1: routes: none of them is *.acme.dev/*: no preview would reach the router'],
    ],
    [
      'one route of something else',
      ['route = "acme.dev/*"', VARIABLES],
      {},
      ['1: route: none of them is *.acme.dev/*: no preview would reach the router'],
    ],
    [
      'what is no route',
      ['routes = [1]', VARIABLES],
      {},
      ['1: routes[0]: is no route: "*.ZONE/*", or { pattern = "*.ZONE/*", zone_name = "ZONE" }'],
    ],
    [
      'the variable in small letters',
      [ROUTES, '[vars.Router]', 'zone = "acme.dev"'],
      {},
      ['2: vars.ROUTER: is required: it is called Router here, and names have capitals and small letters'],
    ],
    ['another variable in its place', [ROUTES, '[vars]', 'A = 1'], {}, ['2: vars.ROUTER: is required']],
    [
      'applications in one table',
      [ROUTES, VARIABLES, '[vars.ROUTER.apps]', 'name = "api"'],
      {},
      ['5: vars.ROUTER.apps: has to be a list of tables, each under [[vars.ROUTER.apps]]'],
    ],
    [
      'a list in the place of text',
      [ROUTES, '[vars.ROUTER]', 'entry = ["shop"]', 'zone = "acme.dev"'],
      {},
      ['3: vars.ROUTER.entry: has to be text'],
    ],
    ['text in the place of a list', [ROUTES, VARIABLES, 'keep = "a"'], {}, ['5: vars.ROUTER.keep: has to be a list']],
    [
      'an application whose origin has the name of a preview',
      [ROUTES, VARIABLES, API('https://api.acme.dev')],
      {},
      [
        '? 7: vars.ROUTER.apps[0].origin: is what a preview of a branch api would be called: put api into shared, and into previews.reserved of hawser.yaml',
      ],
    ],
    [
      'an application that is a preview',
      [ROUTES, VARIABLES, API('https://foo--api.acme.dev')],
      {},
      ['7: vars.ROUTER.apps[0].origin: is the name of a preview, and no place of its own'],
    ],
    [
      'a namespace that nobody reads',
      [ROUTES, VARIABLES, KV('PREVIEW')],
      { url: 'https://{slug}.acme.dev' },
      ['6: kv_namespaces[0].binding: the router reads PREVIEWS alone'],
    ],
    [
      'a service that nobody asks',
      [ROUTES, VARIABLES, '[[services]]\nbinding = "HAWSER"\nservice = "hawser"'],
      { url: 'https://{slug}.acme.dev' },
      ['6: services[0].binding: the router asks BRIDGE alone'],
    ],
    [
      'the bridge’s own door',
      [ROUTES, VARIABLES, BRIDGE],
      { url: 'https://{slug}.acme.dev' },
      ['5: services[0].entrypoint: has to be PreviewNames, which alone can be asked for names'],
    ],
    [
      'another door of the bridge’s',
      [ROUTES, VARIABLES, BRIDGE, 'entrypoint = "Ledger"'],
      { url: 'https://{slug}.acme.dev' },
      ['8: services[0].entrypoint: has to be PreviewNames, which alone can be asked for names'],
    ],
    [
      'an index of another zone',
      [ROUTES, VARIABLES, BRIDGE, NAMES],
      { url: 'https://{slug}.acme.com' },
      [
        '3: vars.ROUTER.zone: previews.url of hawser.yaml names acme.com: the index that is bound here would know nothing of this zone',
      ],
    ],
    [
      'an index of no zone',
      [ROUTES, VARIABLES, KV('PREVIEWS')],
      {},
      [
        '3: vars.ROUTER.zone: previews.url of hawser.yaml names none: the index that is bound here would know nothing of this zone',
      ],
    ],
    [
      'a name that is shared and not reserved',
      [ROUTES, VARIABLES, 'shared = ["www", "main", "sandbox", "stable"]'],
      {},
      [
        '5: vars.ROUTER.shared: previews.reserved of hawser.yaml lacks stable: a branch stable would be shown the shared environment',
      ],
    ],
    [
      'a name that is reserved and not shared',
      [ROUTES, VARIABLES, 'shared = ["www", "main"]'],
      {},
      ['5: vars.ROUTER.shared: lacks sandbox, which previews.reserved of hawser.yaml keeps for the shared environment'],
    ],
    [
      'one that is reserved, where the defaults are shared',
      [ROUTES, VARIABLES],
      { reserved: ['www', 'main', 'sandbox', 'api'], url: 'https://{slug}.acme.dev' },
      ['2: vars.ROUTER.shared: lacks api, which previews.reserved of hawser.yaml keeps for the shared environment'],
    ],
  ] as [string, string[], object, string[]][])('%s', (_, lines, previews, problems) => {
    expect(about(lines, previews)).toEqual(problems);
  });
});
