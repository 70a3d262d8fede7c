/** Takes one request to where its host says, and the answer back; both are streams, and nothing is kept. */
import type { Router } from '../schemas/router.ts';
import { classOf, log } from '../src/log.ts';
import { answerFor, type State } from '../src/routing/answer-for.ts';
import { answered, isWide, outgoing } from '../src/routing/forward.ts';
import { type Place, placeOf } from '../src/routing/host.ts';
import { isNavigation } from '../src/routing/navigation.ts';

/** What a person who goes to a preview is shown in its place; undefined: nothing, it is forwarded. */
export type LookUp = (slug: string, app: string) => Promise<State | undefined>;

type Reach = {
  readonly router: Router;
  readonly fetch: (request: Request, init: RequestInit) => Promise<Response>;
  /** Undefined: not bound to an index. */
  readonly lookUp: LookUp | undefined;
};

export async function route(request: Request, { router, fetch, lookUp }: Reach): Promise<Response> {
  const place = placeOf(request.url, router);
  if (place.kind !== 'place') return say(place);
  const shown = await inItsPlace(request, place, lookUp);
  if (shown !== undefined) return say(shown);
  const { url, headers, cache } = outgoing(request, place, router);
  // A request whose URL is not touched keeps it as it was written: making one of text tidies `%2e%2e` away.
  const onward = url === request.url ? request : new Request(url, request);
  const init: RequestInit = { headers, redirect: 'manual' };
  try {
    return handedBack(await fetch(onward, cache === undefined ? init : { ...init, cache }), place);
  } catch (error) {
    log('an origin gave no answer', { app: place.app, error: classOf(error) });
    return say({ kind: 'unreachable' });
  }
}

async function inItsPlace(request: Request, place: Place, lookUp: LookUp | undefined): Promise<State | undefined> {
  if (lookUp === undefined || place.slug === undefined || !isNavigation(request)) return undefined;
  try {
    return await lookUp(place.slug, place.app);
  } catch (error) {
    // What is not known is forwarded: the index may fail, and no preview with it.
    log('the index gave no answer', { error: classOf(error) });
    return undefined;
  }
}

function handedBack(answer: Response, place: Place): Response {
  const { status, statusText, webSocket } = answer;
  if (webSocket !== null) {
    if (!answer.headers.getSetCookie().some(isWide)) return answer;
    return new Response(null, { status, webSocket, headers: answered(answer, place) });
  }
  // There are no such codes, but servers that send them; no answer can be made with one.
  if (status > 599) return answer;
  return new Response(answer.body, { status, statusText, headers: answered(answer, place) });
}

export function say(state: State): Response {
  const { body, ...init } = answerFor(state);
  return new Response(body, init);
}
