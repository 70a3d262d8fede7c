/** Takes one request to where its host says, and the answer back; both are streams, and nothing is kept. */
import type { Router } from '../schemas/router.ts';
import { classOf, log } from '../src/log.ts';
import { answerFor, type State } from '../src/routing/answer-for.ts';
import { answered, edit, outgoing } from '../src/routing/forward.ts';
import { type Place, placeOf } from '../src/routing/host.ts';
import { isNavigation } from '../src/routing/navigation.ts';

/** What a person who goes to a preview is shown in its place; undefined: nothing, it is forwarded. */
export type FindShown = (slug: string) => Promise<State | undefined>;

type Reach = {
  readonly router: Router;
  readonly fetch: (request: Request, init: RequestInit) => Promise<Response>;
  /** Undefined: not bound to an index. */
  readonly findShown: FindShown | undefined;
};

export async function route(request: Request, { router, fetch, findShown }: Reach): Promise<Response> {
  const place = placeOf(request.url, router);
  const isVisit = isNavigation(request);
  if (place.kind !== 'place') return say(place, isVisit);
  const shown = isVisit ? await inItsPlace(place, findShown) : undefined;
  if (shown !== undefined) return say(shown, isVisit);
  const { url, edits, cache } = outgoing(request.headers, place, router);
  // A URL that is not touched stays as it was written: to make a request of its text tidies `%2e%2e` away.
  const onward = url === request.url ? new Request(request) : new Request(url, request);
  edit(onward.headers, edits);
  const init: RequestInit = { redirect: 'manual' };
  try {
    return handedBack(await fetch(onward, cache === undefined ? init : { ...init, cache }), place);
  } catch (error) {
    log('an origin gave no answer', { app: place.app, error: classOf(error) });
    return say({ kind: 'unreachable' }, isVisit);
  }
}

async function inItsPlace({ slug }: Place, findShown: FindShown | undefined): Promise<State | undefined> {
  if (findShown === undefined || slug === undefined) return undefined;
  try {
    return await findShown(slug);
  } catch (error) {
    // What is not known is forwarded: the index may fail, and no preview with it.
    log('the index gave no answer', { error: classOf(error) });
    return undefined;
  }
}

function handedBack(answer: Response, place: Place): Response {
  // There are no such codes, but servers that send them. No answer can be made with one; what it says is the server's own.
  const back = new Response(answer.body, answer.status > 599 ? { headers: answer.headers, status: 502 } : answer);
  edit(back.headers, answered(back.headers, place));
  return back;
}

/** `isVisit`: to somebody who goes there, and may be shown a page. */
export function say(state: State, isVisit: boolean): Response {
  const { body, ...init } = answerFor(state, isVisit);
  return new Response(body, init);
}
