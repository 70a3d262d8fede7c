/** Hands emulate the calls that it answers well, and tells the webhook what they caused. */
import type { Context } from 'hono';
import { mend } from './events.ts';
import type { InnerResponse } from './inner-protocol.ts';
import { Refusal } from './refusal.ts';
import { actorOf, type Caller, type Env, findRepository, type World } from './world.ts';

type Call = { method: string; path: string; body?: string | undefined; accept?: string | undefined };

export async function callInner(world: World, caller: Caller, call: Call): Promise<InnerResponse> {
  const response = await world.inner.call({ ...call, path: canonical(world, call.path), actor: actorOf(caller) });
  if (call.method === 'GET' || response.status >= 400) return response;
  world.changed();
  if (call.path.endsWith('/forks')) await loadRepositories(world);
  for (const event of response.events) {
    const repository = world.repositories.get(event.repository.toLowerCase());
    for (const announcement of await mend(world, caller, event, repository)) world.announce(announcement);
  }
  return response;
}

export async function loadRepositories(world: World): Promise<void> {
  const all = await world.inner.repositories();
  world.repositories = new Map(all.map((repository) => [repository.full_name.toLowerCase(), repository]));
}

/** GitHub does not mind how a repository's name is written; emulate does. */
function canonical(world: World, path: string): string {
  const [, owner, name, rest = ''] = /^\/repos\/([^/]+)\/([^/?]+)(.*)$/.exec(path) ?? [];
  const repository =
    owner && name ? findRepository(world, decodeURIComponent(owner), decodeURIComponent(name)) : undefined;
  return repository ? `/repos/${repository.full_name}${rest}` : path;
}

export async function passThrough(world: World, c: Context<Env>): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  // emulate takes a call without a body for broken JSON; GitHub takes it for an empty one.
  const text = ['POST', 'PUT', 'PATCH'].includes(c.req.method) ? (await c.req.text()) || '{}' : await c.req.text();
  const call = { method: c.req.method, path: pathname + search, accept: c.req.header('accept') };
  const response = await callInner(world, c.env.caller, text ? { ...call, body: text } : call);
  return answerOf(response);
}

export function answerOf(response: InnerResponse): Response {
  if (response.status >= 400) throw refusalOf(response);
  const body = [204, 304].includes(response.status) ? null : new Uint8Array(response.body);
  return new Response(body, { status: response.status, headers: new Headers(response.headers) });
}

export function bodyOf(response: InnerResponse): unknown {
  return JSON.parse(new TextDecoder().decode(response.body));
}

/** emulate's refusals point to its own documentation and lack `status`. */
function refusalOf(response: InnerResponse): Refusal {
  const body: unknown = bodyOf(response);
  const message = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : 'Not Found';
  return new Refusal(response.status, /not found$/i.test(message) && response.status === 404 ? 'Not Found' : message);
}
