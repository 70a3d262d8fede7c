/** Decides where a mesh sends a request, by the HTTPRoutes that hang on where it is met. */
import {
  type BackendRef,
  type Filter,
  grants,
  type HttpRoute,
  type ParentRef,
  type ReferenceGrant,
  type Rule,
  type Service,
} from '../../schemas/http-route.ts';
import { fits, fitsHost } from './fits.ts';
import { type Candidate, firstOf } from './precedence.ts';
import type { MeshRequest, Met } from './request.ts';

export type Objects = {
  readonly routes: readonly HttpRoute[];
  readonly services: readonly Service[];
  readonly grants: readonly ReferenceGrant[];
};
export type Backend = { readonly namespace: string; readonly name: string; readonly port: number };
export type Routed =
  /** To this Service's own pods: routes are not asked again on the way there. */
  | { readonly kind: 'backend'; readonly backend: Backend; readonly by: string; readonly filters: readonly Filter[] }
  /** No route hangs on the Service, so it is reached as if there were no mesh. */
  | { readonly kind: 'plain'; readonly backend: Backend }
  /** 404: there are routes, and none of them takes it. */
  | { readonly kind: 'unmatched' }
  /** 500: the route that takes it leads nowhere. */
  | { readonly kind: 'broken'; readonly by: string; readonly because: string };

/** What the shipped routes use. A filter that is passed over would make of a request another one. */
const FILTERS: readonly string[] = ['RequestHeaderModifier', 'ResponseHeaderModifier'];

/** `draw`, from 0 up to 1, decides between backends by their weights. */
export function route(objects: Objects, met: Met, request: MeshRequest, draw = 0): Routed {
  if (met.kind === 'Service' && routesAt(objects.routes, met).length === 0)
    return { kind: 'plain', backend: backendOf(met) };
  const first = takerOf(objects, met, request);
  const rule = first?.route.spec.rules[first.rule];
  return first === undefined || rule === undefined ? { kind: 'unmatched' } : led(objects, met, first.route, rule, draw);
}

/** The match by which a request is taken. */
export function takerOf({ routes }: Objects, met: Met, request: MeshRequest): Candidate | undefined {
  // Host names mean nothing on the way to a Service.
  const host = met.kind === 'Gateway' ? request.host : undefined;
  const all = routesAt(routes, met).flatMap((each) => candidates(each, host));
  return firstOf(
    all.filter(({ match }) => fits(match, request)),
    host,
  );
}

/** Routes of a gateway, of the Service's own namespace and of the caller's are three groups that never mix. */
function routesAt(routes: readonly HttpRoute[], met: Met): readonly HttpRoute[] {
  const attached = routes.filter((each) => each.spec.parentRefs.some((parent) => isParent(parent, each, met)));
  if (met.kind === 'Gateway') return attached;
  const of = (namespace: string | undefined) => attached.filter((each) => each.metadata.namespace === namespace);
  const callers = met.from === undefined || met.from === met.namespace ? [] : of(met.from);
  return callers.length > 0 ? callers : of(met.namespace);
}

function isParent({ group, kind, namespace, name, port, sectionName }: ParentRef, route: HttpRoute, met: Met): boolean {
  const ours = met.kind === 'Gateway' ? group !== '' : group === '' || group === 'core';
  return (
    ours &&
    kind === met.kind &&
    name === met.name &&
    (namespace ?? route.metadata.namespace) === met.namespace &&
    (port === undefined || met.port === undefined || port === met.port) &&
    (sectionName === undefined || met.kind === 'Service' || sectionName === met.section)
  );
}

function candidates(route: HttpRoute, host: string | undefined): readonly Candidate[] {
  const { hostnames, rules } = route.spec;
  if (host !== undefined && hostnames.length > 0 && !hostnames.some((each) => fitsHost(each, host))) return [];
  return rules.flatMap(({ matches }, rule) => matches.map((match) => ({ route, rule, match })));
}

function led(objects: Objects, met: Met, route: HttpRoute, { backendRefs, filters }: Rule, draw: number): Routed {
  const by = `${route.metadata.namespace}/${route.metadata.name}`;
  const drawn = drawnFrom(backendRefs, draw);
  if (drawn === undefined) return { kind: 'broken', by, because: 'it leads nowhere' };
  const namespace = drawn.namespace ?? route.metadata.namespace ?? '';
  const because = whyNot(objects, met, route, drawn, namespace);
  if (because !== undefined || drawn.port === undefined) return { kind: 'broken', by, because: because ?? 'no port' };
  const applied = [...filters, ...drawn.filters];
  const unknown = applied.find(({ type }) => !FILTERS.includes(type));
  if (unknown !== undefined) return { kind: 'broken', by, because: `the filter ${unknown.type} is not known here` };
  return { kind: 'backend', backend: { namespace, name: drawn.name, port: drawn.port }, by, filters: applied };
}

function drawnFrom(backendRefs: readonly BackendRef[], draw: number): BackendRef | undefined {
  let left = draw * backendRefs.reduce((sum, { weight }) => sum + weight, 0);
  return backendRefs.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}

function whyNot(objects: Objects, met: Met, route: HttpRoute, ref: BackendRef, namespace: string): string | undefined {
  if (ref.kind !== 'Service' || ref.group !== '') return `${ref.kind} ${ref.name} is no Service`;
  const from = route.metadata.namespace;
  // A gateway would open to the outside what is not its own; in a mesh every Service is reached anyhow (GEP-1294).
  if (
    met.kind === 'Gateway' &&
    namespace !== from &&
    !objects.grants.some((grant) => grant.metadata.namespace === namespace && grants(grant, from, ref.name))
  )
    return `no ReferenceGrant lets it lead from ${from} to ${namespace}`;
  const service = objects.services.find(
    ({ metadata }) => metadata.name === ref.name && metadata.namespace === namespace,
  );
  if (service === undefined) return `there is no Service ${namespace}/${ref.name}`;
  if (!service.spec.ports.some(({ port }) => port === ref.port))
    return `Service ${namespace}/${ref.name} has no port ${ref.port}`;
  return undefined;
}

function backendOf({ namespace, name, port }: Extract<Met, { kind: 'Service' }>): Backend {
  return { namespace, name, port };
}
