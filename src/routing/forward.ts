/** What the router changes of a request before it goes on, and of its answer before it goes back. All else stays as it is. */
import type { Router } from '../../schemas/router.ts';
import { siftBaggage } from './baggage.ts';
import type { Place } from './host.ts';

export type Outgoing = {
  readonly url: string;
  readonly headers: Headers;
  /** Behind one origin all previews and the shared environment would share their keys in a cache. */
  readonly cache: 'no-store' | undefined;
};

/** What would name a preview, or pass for the router's own word. */
const SPOOFED = ['baggage', 'x-preview', 'x-forwarded-host'];
const SPOOFED_PREFIX = 'x-hawser-';

export function outgoing(incoming: Pick<Request, 'headers'>, place: Place, { member, keep }: Router): Outgoing {
  const headers = new Headers(incoming.headers);
  const came = headers.get('baggage');
  for (const name of incoming.headers.keys()) {
    if (SPOOFED.includes(name) || name.startsWith(SPOOFED_PREFIX)) headers.delete(name);
  }
  const baggage = siftBaggage(came, { member, slug: place.slug, keeps: (key) => keep.includes(key) });
  if (baggage !== undefined) headers.set('baggage', baggage);
  if (place.origin !== undefined) headers.set('x-forwarded-host', place.host);
  return {
    url: (place.origin ?? publicOrigin(place)) + place.rest,
    headers,
    cache: place.origin === undefined ? undefined : 'no-store',
  };
}

export function answered(answer: Pick<Response, 'headers'>, place: Place): Headers {
  const headers = new Headers(answer.headers);
  headers.set('x-robots-tag', 'noindex');
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) headers.delete('set-cookie');
  for (const cookie of cookies) headers.append('set-cookie', hostOnly(cookie));
  const location = headers.get('location');
  if (location !== null) headers.set('location', publicLocation(location, place));
  return headers;
}

/** Whether a cookie is for more than its host: for every preview of the zone. */
export function isWide(cookie: string): boolean {
  return hostOnly(cookie) !== cookie;
}

function hostOnly(cookie: string): string {
  const [pair = '', ...attributes] = cookie.split(';');
  return [pair, ...attributes.filter((attribute) => !/^\s*domain\s*(=|$)/i.test(attribute))].join(';');
}

/** An application behind its own origin knows itself by that one's name: what leads there leads to where it was asked for. */
function publicLocation(location: string, place: Place): string {
  if (place.origin === undefined) return location;
  const target = URL.parse(location, place.origin);
  const isRelative = URL.parse(location, 'https://elsewhere.invalid')?.host === 'elsewhere.invalid';
  if (target === null || isRelative || !/^https?:$/.test(target.protocol)) return location;
  if (target.host !== new URL(place.origin).host) return location;
  return publicOrigin(place) + target.href.slice(target.origin.length);
}

function publicOrigin({ scheme, host }: Place): string {
  return `${scheme}://${host}`;
}
