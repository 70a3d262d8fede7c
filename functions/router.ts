/** The preview router: a Worker of its own on the way to the previews' zone (`wrangler.router.toml`). */
import { Router } from '../schemas/router.ts';
import { log } from '../src/log.ts';
import { isNavigation } from '../src/routing/navigation.ts';
import { dottedPath } from '../src/words/dotted-path.ts';
import { type Bridge, LookUp, type Store } from './look-up.ts';
import { route, say } from './route.ts';

type Env = {
  readonly ROUTER?: unknown;
  /** Both may be unbound: then everything is forwarded. */
  readonly PREVIEWS?: Store;
  readonly BRIDGE?: Bridge;
};
type Settings = { readonly of: unknown; readonly router: Router | undefined };

let last: Settings | undefined;
const lookUp = new LookUp();

const worker = {
  fetch(request, { ROUTER, PREVIEWS: kv, BRIDGE: bridge }) {
    // An isolate lives as long as its variables: they are read once.
    if (last === undefined || last.of !== ROUTER) last = { of: ROUTER, router: readRouter(ROUTER) };
    const { router } = last;
    if (router === undefined) return say({ kind: 'misconfigured' }, isNavigation(request));
    const isBound = kv !== undefined || bridge !== undefined;
    const sources = { zone: router.zone, kv, bridge, now: () => Date.now() };
    const findShown = isBound ? (name: string) => lookUp.ask(name, sources) : undefined;
    return route(request, { router, fetch: (onward, init) => fetch(onward, init), findShown });
  },
} satisfies ExportedHandler<Env>;
export default worker;

function readRouter(given: unknown): Router | undefined {
  const parsed = Router.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    log('the configuration is not valid', { path: dottedPath(['vars', 'ROUTER', ...path]), error: message });
  }
  return undefined;
}
