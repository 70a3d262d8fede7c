/** Decides what is wrong with the preview router's configuration, by itself and beside that of the bridge. */
import * as z from 'zod';
import type { Config } from '../../schemas/config.ts';
import { sayRequired } from '../../schemas/parse-file.ts';
import { Router } from '../../schemas/router.ts';
import { previewZone } from '../../src/words/preview-zone.ts';

/** `warning`: it works, but not as one may think. */
export type Problem = {
  readonly kind: 'error' | 'warning';
  readonly path: readonly PropertyKey[];
  readonly message: string;
};

const Route = z.union([z.string(), z.object({ pattern: z.string() })], {
  error: 'is no route: "*.ZONE/*", or { pattern = "*.ZONE/*", zone_name = "ZONE" }',
});

/** All else in it is wrangler's, which says itself what it does not understand. */
const Wrangler = z.object({
  vars: z.object({ ROUTER: Router }),
  route: Route.optional(),
  routes: z.array(Route).optional(),
  kv_namespaces: z.array(z.object({ binding: z.string() })).default([]),
  services: z.array(z.object({ binding: z.string(), entrypoint: z.string().optional() })).default([]),
});
type Wrangler = z.infer<typeof Wrangler>;

export function problemsOf(value: unknown, config: Config): readonly Problem[] {
  const { error, data } = Wrangler.safeParse(value, { error: inWords });
  if (data === undefined) return error.issues.flatMap((issue) => problemsIn(issue, value));
  return [...unreached(data), ...misbound(data), ...withinTheZone(data.vars.ROUTER), ...besideTheBridge(data, config)];
}

function problemsIn(issue: z.core.$ZodIssue, value: unknown): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => wrong([...issue.path, key], 'is not a key that the router knows'));
  }
  return [wrong(issue.path, `${issue.message}${isTheVariable(issue.path) ? misspelt(value) : ''}`)];
}

function isTheVariable(path: readonly PropertyKey[]): boolean {
  return path.join('.') === 'vars.ROUTER';
}

function misspelt(value: unknown): string {
  const { data } = z.object({ vars: z.record(z.string(), z.unknown()) }).safeParse(value);
  const near = Object.keys(data?.vars ?? {}).find((key) => key.toUpperCase() === 'ROUTER' && key !== 'ROUTER');
  return near === undefined ? '' : `: it is called ${near} here, and names have capitals and small letters`;
}

const NAMES: Readonly<Record<string, string>> = { array: 'a list', object: 'a table', string: 'text' };

function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  const required = sayRequired(issue);
  if (required !== undefined || issue.code !== 'invalid_type') return required;
  const tables = issue.path?.at(-1) === 'apps' ? ' of tables, each under [[vars.ROUTER.apps]]' : '';
  return `has to be ${NAMES[issue.expected] ?? `a ${issue.expected}`}${tables}`;
}

function unreached({ vars: { ROUTER }, route, routes = [] }: Wrangler): readonly Problem[] {
  const wanted = `*.${ROUTER.zone}/*`;
  const all = [...(route === undefined ? [] : [route]), ...routes];
  if (all.some((each) => (typeof each === 'string' ? each : each.pattern) === wanted)) return [];
  const why = all.length === 0 ? 'is required, with' : 'none of them is';
  return [wrong([route === undefined ? 'routes' : 'route'], `${why} ${wanted}: no preview would reach the router`)];
}

/** What is bound by another name is never asked, and nothing says so. */
function misbound({ kv_namespaces: stores, services }: Wrangler): readonly Problem[] {
  return [
    ...stores.flatMap(({ binding }, index) =>
      binding === 'PREVIEWS' ? [] : [wrong(['kv_namespaces', index, 'binding'], 'the router reads PREVIEWS alone')],
    ),
    ...services.flatMap(({ binding, entrypoint }, index) => {
      if (binding !== 'BRIDGE') return [wrong(['services', index, 'binding'], 'the router asks BRIDGE alone')];
      if (entrypoint === 'PreviewNames') return [];
      return [wrong(['services', index, 'entrypoint'], 'has to be PreviewNames, which alone can be asked for names')];
    }),
  ];
}

/** Such an origin has a preview's name. */
function withinTheZone({ zone, shared, apps }: Router): readonly Problem[] {
  return apps.flatMap(({ origin }, index): Problem[] => {
    const host = new URL(origin).hostname;
    const label = host.endsWith(`.${zone}`) ? host.slice(0, -zone.length - 1) : '';
    if (label === '' || label.includes('.') || shared.includes(label)) return [];
    const path = ['vars', 'ROUTER', 'apps', index, 'origin'];
    if (label.includes('--')) return [wrong(path, 'is the name of a preview, and no place of its own')];
    const message = `is what a preview of a branch ${label} would be called: put ${label} into shared, and into previews.reserved of hawser.yaml`;
    return [{ kind: 'warning', path, message }];
  });
}

/** What both have to say alike. */
function besideTheBridge(
  { vars: { ROUTER }, kv_namespaces, services }: Wrangler,
  { previews }: Config,
): readonly Problem[] {
  const zone = previewZone(previews.url);
  const isBound = kv_namespaces.length + services.length > 0;
  if (isBound && zone !== ROUTER.zone) {
    const theirs = zone === undefined ? 'names none' : `names ${zone}`;
    const message = `previews.url of hawser.yaml ${theirs}: the index that is bound here would know nothing of this zone`;
    return [wrong(['vars', 'ROUTER', 'zone'], message)];
  }
  // Previews that Hawser gives addresses in another zone are none of this router's.
  if (zone !== undefined && zone !== ROUTER.zone) return [];
  const only = (these: readonly string[], those: readonly string[]) => these.filter((name) => !those.includes(name));
  const [unreserved, unshared] = [only(ROUTER.shared, previews.reserved), only(previews.reserved, ROUTER.shared)];
  const path = ['vars', 'ROUTER', 'shared'];
  return [
    ...unreserved.map((name) =>
      wrong(
        path,
        `previews.reserved of hawser.yaml lacks ${name}: a branch ${name} would be shown the shared environment`,
      ),
    ),
    ...unshared.map((name) =>
      wrong(path, `lacks ${name}, which previews.reserved of hawser.yaml keeps for the shared environment`),
    ),
  ];
}

function wrong(path: readonly PropertyKey[], message: string): Problem {
  return { kind: 'error', path, message };
}
