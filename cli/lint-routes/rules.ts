/** What must be right of HTTPRoutes for previews to be routed: one small function a rule, and all of them are asked. */
import { type BackendRef, grants } from '../../schemas/http-route.ts';
import type { Fault, Given, Route } from './given.ts';
import {
  isBeside,
  isEverything,
  isOn,
  isPreview,
  isSameNamespace,
  isSameParent,
  keyOf,
  matchText,
  parentText,
  type Side,
  servicesOf,
  shareAHost,
  shareAParent,
  sideOf,
} from './kinds.ts';
import { matchesOf } from './pairs.ts';

type Rule = (given: Given) => readonly Fault[];

export const rules: readonly Rule[] = [
  fitIntoOneObject,
  comeLast,
  haveBothSides,
  haveACatchAll,
  doNotCompete,
  hangWhereTheyAre,
  leadToWhatIsThere,
  hangAlone,
];

/** The API server's own limits: a preview is one object, however many matches it copies. */
function fitIntoOneObject({ routes }: Given): readonly Fault[] {
  return routes.flatMap((route) => {
    const { rules } = route.spec;
    const all = rules.reduce((sum, { matches }) => sum + matches.length, 0);
    const long = rules.findIndex(({ matches }) => matches.length > 64);
    return [
      ...(rules.length > 16 ? [route.at(['spec', 'rules'], `has ${rules.length} rules; 16 are the most`)] : []),
      ...(all > 128 ? [route.at(['spec', 'rules'], `has ${all} matches; 128 are the most`)] : []),
      ...(long >= 0 ? [route.at(['spec', 'rules', long], 'has more than 64 matches in one rule')] : []),
    ];
  });
}

/** A route to what is not there yet, or no more, answers 500 or 503. Argo CD takes the waves back to front when it prunes. */
function comeLast({ routes, others }: Given): readonly Fault[] {
  return routes.flatMap((route) => {
    const before = others.filter(({ file, kind }) => file === route.file && WORKLOADS.includes(kind));
    const last = Math.max(0, ...before.map((each) => waveOf(each.metadata.annotations) ?? 0));
    const wave = waveOf(route.metadata.annotations);
    if (wave === undefined) return [route.at(WAVE, 'has a sync wave that is no number')];
    if (wave > last) return [];
    return [
      route.at(WAVE, `comes in sync wave ${wave}, and what it leads to in ${last}: routes come last and go first`),
    ];
  });
}

const WAVE = ['metadata', 'annotations', 'argocd.argoproj.io/sync-wave'];
const WORKLOADS = ['Service', 'Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'];

function waveOf(annotations: Readonly<Record<string, string>> | null | undefined): number | undefined {
  const text = annotations?.['argocd.argoproj.io/sync-wave'] ?? '0';
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/** From the gateway only the gateway's routes are asked, and from another service only the Service's own. */
function haveBothSides(given: Given): readonly Fault[] {
  const stables = given.routes.filter((each) => !isPreview(each));
  return stables.flatMap((route) => [...lacks(route, 'edge', 'mesh'), ...lacks(route, 'mesh', 'edge')]);

  function lacks(route: Route, has: Side, wanted: Side): readonly Fault[] {
    if (!isOn(route, has)) return [];
    const beside = stables.filter((each) => isOn(each, wanted) && isBeside(given, route.file, each.file));
    return servicesOf(route, has)
      .filter((name) => !beside.some((each) => servicesOf(each, wanted).includes(name)))
      .map((name) =>
        route.at(['spec', 'parentRefs'], `Service ${name} has no ${wanted} route: ${LACKING[wanted](name)}`),
      );
  }
}

const LACKING: Readonly<Record<Side, (name: string) => string>> = {
  edge: (name) => `nothing hangs on a Gateway and leads to ${name}, so no preview of it is reached from outside`,
  mesh: (name) => `nothing hangs on the Service, so what other services ask ${name} never reaches a preview`,
};

/** Once a route hangs on a Service, what none of them takes is a 404. */
function haveACatchAll(given: Given): readonly Fault[] {
  const stables = given.routes.filter((each) => !isPreview(each));
  return stables.flatMap((route) =>
    route.spec.parentRefs.flatMap((parent, index) => {
      const takers = stables.filter(
        (each) => isBeside(given, route.file, each.file) && hangsThere(each) && takesAllHostsOf(each),
      );
      if (takers.some((each) => matchesOf(each).some(({ match }) => isEverything(match)))) return [];
      const reason = `no stable route on ${parentText(parent)} takes everything: what fits no match there is a 404`;
      return [route.at(['spec', 'parentRefs', index, 'name'], reason)];

      function hangsThere(each: Route): boolean {
        return each.spec.parentRefs.some((theirs) => isSameParent(route, parent, each, theirs));
      }

      function takesAllHostsOf({ spec }: Route): boolean {
        const { hostnames } = route.spec;
        if (sideOf(parent) === 'mesh' || spec.hostnames.length === 0) return true;
        return hostnames.length > 0 && hostnames.every((host) => spec.hostnames.includes(host));
      }
    }),
  );
}

/** Of two that take the same the older one gets all of it, and nobody is told. */
function doNotCompete(given: Given): readonly Fault[] {
  return given.routes.flatMap((route, index) =>
    given.routes.slice(index + 1).flatMap((other) => {
      const isOne = route.metadata.name === other.metadata.name;
      const parent = route.spec.parentRefs.find((each) =>
        other.spec.parentRefs.some((theirs) => isSameParent(route, each, other, theirs)),
      );
      if (isOne || parent === undefined || !isBeside(given, route.file, other.file)) return [];
      if (sideOf(parent) === 'edge' && !shareAHost(route, other)) return [];
      const keys = new Set(matchesOf(route).map(({ match }) => keyOf(match)));
      const same = matchesOf(other).find(({ match }) => keys.has(keyOf(match)));
      if (same === undefined) return [];
      const { file, line } = route.at(['metadata', 'name'], '');
      const reason = `takes ${matchText(same.match)} on ${parentText(parent)}, as ${route.metadata.name} does (${file}:${line})`;
      return [other.at(same.path, `${reason}: only the older one would get it`)];
    }),
  );
}

/** A route in another namespace than its Service's holds for the callers of that other one alone. */
function hangWhereTheyAre({ routes, services }: Given): readonly Fault[] {
  return routes.flatMap((route) =>
    route.spec.parentRefs.flatMap((parent, index) => {
      const [own, its] = [route.metadata.namespace, parent.namespace ?? route.metadata.namespace];
      if (sideOf(parent) !== 'mesh') return [];
      const path = ['spec', 'parentRefs', index, 'name'];
      if (!isSameNamespace(own, its))
        return [
          route.at(
            path,
            `is in namespace ${own}, and its Service in ${its}: it would hold for callers in ${own} alone`,
          ),
        ];
      const there = services.filter(({ metadata }) => its !== undefined && metadata.namespace === its);
      if (there.length === 0 || there.some(({ metadata }) => metadata.name === parent.name)) return [];
      return [route.at(path, `hangs on Service ${its}/${parent.name}, and there is none`)];
    }),
  );
}

function leadToWhatIsThere(given: Given): readonly Fault[] {
  return given.routes.flatMap((route) =>
    route.spec.rules.flatMap(({ backendRefs, filters }, rule) => {
      const path = ['spec', 'rules', rule, 'backendRefs'];
      const answers = filters.some(({ type }) => ['RequestRedirect', 'ExtensionRef'].includes(type));
      if (backendRefs.length === 0 && !answers)
        return [route.at(['spec', 'rules', rule], 'has a rule that leads nowhere: a 500')];
      const isNothing = backendRefs.length > 0 && backendRefs.every(({ weight }) => weight === 0);
      const reasons = backendRefs.flatMap((backend, index) => {
        const reason = whyNot(given, route, backend);
        return reason === undefined ? [] : [route.at([...path, index, 'name'], reason)];
      });
      return [...reasons, ...(isNothing ? [route.at(path, 'has weight 0 on all that it leads to: a 500')] : [])];
    }),
  );
}

function whyNot(given: Given, route: Route, { group, kind, name, namespace, port }: BackendRef): string | undefined {
  if (kind !== 'Service' || group !== '') return `leads to ${kind} ${name}: lint-routes knows Services alone`;
  const [from, to] = [route.metadata.namespace, namespace ?? route.metadata.namespace];
  const known = given.services.filter(({ file }) => file === route.file);
  const service = known.find(({ metadata }) => metadata.name === name && isSameNamespace(metadata.namespace, to));
  if (known.length > 0 && service === undefined)
    return `leads to ${to === undefined ? '' : `${to}/`}${name}, which is no Service of this file`;
  if (port === undefined) return `leads to ${name}, and says no port of it`;
  const ports = service?.spec.ports.map((each) => each.port) ?? [];
  if (ports.length > 0 && !ports.includes(port))
    return `leads to port ${port} of ${name}, which has ${ports.join(' and ')}: a 500`;
  const granted = given.grants.some(
    (grant) => isSameNamespace(grant.metadata.namespace, to) && grants(grant, from, name),
  );
  if (isSameNamespace(from, to) || granted) return undefined;
  // A gateway must ask for one, a mesh may.
  return `leads from namespace ${from} to ${to}, and no ReferenceGrant there allows it`;
}

/** The Gateway API merges no two kinds of routes: on a Service a GRPCRoute is asked, and on a Gateway's host the older of the two. */
function hangAlone(given: Given): readonly Fault[] {
  return given.routes.flatMap((route) =>
    route.spec.parentRefs.flatMap((parent, index) => {
      const isEdge = sideOf(parent) === 'edge';
      const other = given.grpcRoutes.find(
        (each) =>
          each.spec.parentRefs.some((theirs) => shareAParent(route, parent, each, theirs)) &&
          isBeside(given, route.file, each.file) &&
          (!isEdge || shareAHost(route, each)),
      );
      if (other === undefined) return [];
      const { file, line } = other.at(['metadata', 'name'], '');
      const reason = `hangs on ${parentText(parent)}, as GRPCRoute ${other.metadata.name} does (${file}:${line}), ${isEdge ? 'and the older one' : 'which'} alone is asked`;
      return [route.at(['spec', 'parentRefs', index, 'name'], reason)];
    }),
  );
}
