/** Whether a request is what a match of an HTTPRoute, or one of its host names, asks for. */
import type { Expected, Match } from '../../schemas/http-route.ts';
import type { MeshRequest } from './request.ts';

export function fits(match: Match, request: MeshRequest): boolean {
  // As it was sent: a parser of URLs would take `//a/b` for a host, and tidy up `/a/../b`.
  const [path = '', query = ''] = split(request.url);
  const params = new URLSearchParams(query);
  return (
    fitsPath(match.path, path) &&
    (match.method === undefined || match.method === request.method) &&
    firstOfEach(match.headers, lowered).every((each) => isExpected(each, request.headers.get(each.name))) &&
    firstOfEach(match.queryParams, (name) => name).every((each) => isExpected(each, params.get(each.name)))
  );
}

function split(url: string): readonly string[] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url] : [url.slice(0, mark), url.slice(mark + 1)];
}

/** Of two entries of one name the second is ignored. */
export function firstOfEach(all: readonly Expected[], same: (name: string) => string): readonly Expected[] {
  return all.filter(({ name }, index) => all.findIndex((other) => same(other.name) === same(name)) === index);
}

export function lowered(name: string): string {
  return name.toLowerCase();
}

/** The port in a Host header does not count, and neither do capitals. */
export function fitsHost(hostname: string, host: string): boolean {
  const [wanted, asked] = [hostname.toLowerCase(), host.toLowerCase().replace(/:\d+$/, '')];
  return wanted.startsWith('*.') ? asked.endsWith(wanted.slice(1)) && asked.length >= wanted.length : asked === wanted;
}

function fitsPath({ type, value }: Match['path'], path: string): boolean {
  if (type === 'Exact') return path === value;
  if (type === 'RegularExpression') return whole(value).test(path);
  const prefix = value.replace(/\/$/, '');
  return path === prefix || path.startsWith(`${prefix}/`);
}

function isExpected({ type, value }: Expected, actual: string | null): boolean {
  if (actual === null) return false;
  return type === 'Exact' ? actual === value : whole(value).test(actual);
}

/** As Envoy takes an expression, and so Istio and Cilium: for the whole value. */
function whole(expression: string): RegExp {
  return new RegExp(`^(?:${expression})$`);
}
