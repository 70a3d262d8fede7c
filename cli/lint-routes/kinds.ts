/** What the rules ask of routes: whose they are, on what they hang, and which requests they take. */
import { fitsHost, lowered } from '../../local/mesh/fits.ts';
import type { GrpcRoute, HeaderChanges, HttpRoute, Match, ParentRef } from '../../schemas/http-route.ts';
import type { Given } from './given.ts';

export const BAGGAGE = 'baggage';

export function isPreview({ spec }: HttpRoute): boolean {
  return spec.rules.some(({ matches }) => matches.some((match) => baggageOf(match) !== undefined));
}

export function baggageOf({ headers }: Match) {
  return headers.find(({ name }) => lowered(name) === BAGGAGE);
}

/** Where a request is met: at a Gateway from outside, at a Service from other services. */
export type Side = 'edge' | 'mesh';

export function sideOf({ group, kind }: ParentRef): Side | undefined {
  if (kind === 'Gateway' && group !== '') return 'edge';
  return kind === 'Service' && group === '' ? 'mesh' : undefined;
}

export function isOn(route: HttpRoute, side: Side): boolean {
  return route.spec.parentRefs.some((parent) => sideOf(parent) === side);
}

/** Whoever comes this way has no say in which preview is asked: what its header says goes no further. */
export function isClosed({ spec }: HttpRoute): boolean {
  return spec.rules.every(
    ({ filters, backendRefs }) =>
      backendRefs.length === 0 ||
      filters.some(({ requestHeaderModifier }) =>
        requestHeaderModifier?.remove.some((name) => lowered(name) === BAGGAGE),
      ),
  );
}

/** The first of its rules that changes baggage, or takes it off: no preview further on is reached through it. -1: none does. */
export function findBaggageChange({ spec }: HttpRoute): number {
  return spec.rules.findIndex(({ filters, backendRefs }) =>
    [...filters, ...backendRefs.flatMap((each) => each.filters)].some(({ requestHeaderModifier }) =>
      headersIn(requestHeaderModifier).includes(BAGGAGE),
    ),
  );
}

function headersIn(changes: HeaderChanges | undefined): readonly string[] {
  if (changes === undefined) return [];
  const { set, add, remove } = changes;
  return [...[...set, ...add].map(({ name }) => name), ...remove].map(lowered);
}

/** The stable Services that a stable route is about: what it hangs on in the mesh, what it leads to at the edge. */
export function servicesOf({ spec }: HttpRoute, side: Side): readonly string[] {
  const names =
    side === 'mesh'
      ? spec.parentRefs.filter((parent) => sideOf(parent) === 'mesh').map(({ name }) => name)
      : spec.rules.flatMap(({ backendRefs }) => backendRefs.map(({ name }) => name));
  return [...new Set(names)];
}

/** A namespace that is not said is the application's, which Argo CD says: it may be any. */
export function isSameNamespace(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

export function isSameParent(one: GrpcRoute, parent: ParentRef, other: GrpcRoute, theirs: ParentRef): boolean {
  return (
    sideOf(parent) === sideOf(theirs) &&
    parent.name === theirs.name &&
    parent.sectionName === theirs.sectionName &&
    parent.port === theirs.port &&
    isSameNamespace(parent.namespace ?? one.metadata.namespace, theirs.namespace ?? other.metadata.namespace)
  );
}

/** Of two that hang on a Service or a Gateway, one may be on a single port or section of it. */
export function shareAParent(one: GrpcRoute, parent: ParentRef, other: GrpcRoute, theirs: ParentRef): boolean {
  const port = parent.port ?? theirs.port;
  const sectionName = parent.sectionName ?? theirs.sectionName;
  return isSameParent(one, { port, sectionName, ...parent }, other, { port, sectionName, ...theirs });
}

export function parentText({ kind, namespace, name, sectionName, port }: ParentRef): string {
  const part = sectionName ?? port;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${part === undefined ? '' : `, ${part}`}`;
}

/** Equal for two matches that take the same requests, in whatever order they are written. */
export function keyOf({ path, method, headers, queryParams }: Match, without?: string): string {
  const sorted = (all: Match['headers'], named: (name: string) => string) =>
    all.map(({ type, name, value }) => [named(name), type, value].join('\0')).sort();
  const others = headers.filter(({ name }) => lowered(name) !== without);
  const value = path.type === 'PathPrefix' && path.value !== '/' ? path.value.replace(/\/$/, '') : path.value;
  return JSON.stringify([path.type, value, method, sorted(others, lowered), sorted(queryParams, (name) => name)]);
}

export function matchText({ path, method, headers, queryParams }: Match): string {
  const path_ = path.type === 'PathPrefix' ? path.value : `${path.value} (${path.type})`;
  const query = queryParams.map(({ name, value }) => `?${name}=${value}`);
  const others = headers.filter(({ name }) => lowered(name) !== BAGGAGE).map(({ name, value }) => `${name}: ${value}`);
  return [...(method === undefined ? [] : [method]), path_, ...query, ...others].join(' ');
}

export function isEverything({ path, method, headers, queryParams }: Match): boolean {
  const rest = headers.length + queryParams.length;
  return path.type === 'PathPrefix' && path.value === '/' && method === undefined && rest === 0;
}

/** Whether a request to one host could be taken by both. */
export function shareAHost({ spec: one }: GrpcRoute, { spec: other }: GrpcRoute): boolean {
  if (one.hostnames.length === 0 || other.hostnames.length === 0) return true;
  return one.hostnames.some((left) => other.hostnames.some((right) => fitsHost(left, right) || fitsHost(right, left)));
}

/** Two files that hold an object of one name are two environments: what is in one of them is nothing to the other. */
export function isBeside({ routes }: Given, one: string, other: string): boolean {
  const names = (file: string) =>
    routes.filter((each) => each.file === file).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const theirs = new Set(names(other));
  return one === other || !names(one).some((name) => theirs.has(name));
}
