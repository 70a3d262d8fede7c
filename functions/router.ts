/** The preview router: a Worker of its own on the way to the previews' zone (`wrangler.router.toml`). */
import { Router } from '../schemas/router.ts';
import { log } from '../src/log.ts';
import { dottedPath } from '../src/words/dotted-path.ts';
import { route, say } from './route.ts';

type Env = { readonly ROUTER?: unknown };
type Settings = { readonly of: unknown; readonly router: Router | undefined };

let last: Settings | undefined;

const worker = {
  fetch(request, { ROUTER }) {
    // An isolate lives as long as its variables: they are read once.
    if (last === undefined || last.of !== ROUTER) last = { of: ROUTER, router: readRouter(ROUTER) };
    const { router } = last;
    if (router === undefined) return say({ kind: 'misconfigured' });
    return route(request, { router, fetch: (onward, init) => fetch(onward, init), lookUp: undefined });
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
