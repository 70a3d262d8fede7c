/** What the router changes of a request before it goes on, and of its answer before it goes back. All else stays as it is. */
import type { Router } from '../../schemas/router.ts';
import { siftBaggage } from './baggage.ts';
import type { Place } from './host.ts';

/** What becomes of a header: no value, and it is taken off; several stand on lines of their own. */
type Edit = readonly [name: string, value: string | undefined, ...more: readonly string[]];

type Outgoing = {
  readonly url: string;
  readonly edits: readonly Edit[];
  /**
   * No cache tells one preview from the next: behind one origin they have one key, and a host's own name is soon another
   * commit's, or another repository's, while what was kept of it lasts.
   */
  readonly cache: 'no-store' | undefined;
};

/** Baggage as other propagators write it as well: a service that reads one of these would carry it on as the specification's. */
const SPOOFED = /^(?:x-hawser-|uberctx-|ot-baggage-|jaeger-baggage$)/;

export function outgoing(headers: Headers, place: Place, { member, keep }: Router): Outgoing {
  const { slug, origin, host, rest } = place;
  const came = headers.get('baggage');
  // What would name a preview, or pass for the router's own word, does not pass.
  const own = [...headers.keys()].filter((name) => SPOOFED.test(name));
  return {
    url: (origin ?? publicOrigin(place)) + rest,
    edits: [
      ['baggage', siftBaggage(came, { member, slug, keeps: (key) => keep.includes(key) })],
      ['x-preview', undefined],
      ['x-forwarded-host', origin === undefined ? undefined : host],
      ...own.map((name): Edit => [name, undefined]),
    ],
    cache: origin === undefined && slug === undefined ? undefined : 'no-store',
  };
}

export function answered(headers: Headers, place: Place): readonly Edit[] {
  const edits: Edit[] = [['x-robots-tag', 'noindex']];
  const [cookie, ...more] = headers.getSetCookie().map(hostOnly);
  if (cookie !== undefined) edits.push(['set-cookie', cookie, ...more]);
  const location = headers.get('location');
  if (location !== null) edits.push(['location', publicLocation(location, place)]);
  return edits;
}

/** In place: what can be changed at all is a copy already, and each further one is felt. */
export function edit(headers: Headers, edits: readonly Edit[]): void {
  for (const [name, value, ...more] of edits) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
    for (const each of more) headers.append(name, each);
  }
}

/** A cookie for a domain would be one for every preview of the zone. */
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
  return publicOrigin(place) + target.pathname + target.search + target.hash;
}

function publicOrigin({ scheme, host }: Place): string {
  return `${scheme}://${host}`;
}
