/** Which stable route a preview's is the copy of, and what of it is not. */
import { isDeepStrictEqual } from 'node:util';
import type { Match, ParentRef } from '../../schemas/http-route.ts';
import type { Fault, Given, Route } from './given.ts';
import { BAGGAGE, baggageOf, isPreview, isSameParent, keyOf, matchText, parentText, sideOf } from './kinds.ts';

export type Pair = { readonly preview: Route; readonly stable: Route; readonly suffix: string };

/** Kustomize's `nameSuffix` gives the preview's routes their names. */
export function pairsOf({ routes }: Given): readonly Pair[] {
  const stables = routes.filter((each) => !isPreview(each));
  return routes.filter(isPreview).flatMap((preview) => {
    const { name } = preview.metadata;
    const begins = stables.filter(({ metadata }) => name.startsWith(`${metadata.name}-`));
    const longest = Math.max(...begins.map(({ metadata }) => metadata.name.length));
    const pairs = begins
      .filter(({ metadata }) => metadata.name.length === longest)
      .map((stable) => ({ preview, stable, suffix: name.slice(stable.metadata.name.length) }));
    // Several environments have a stable route of that name: the preview stands beside the one that it is nearest to.
    const [nearest] = pairs
      .map((pair) => [differences(pair).length, pair] as const)
      .sort(([one], [other]) => one - other);
    return nearest === undefined ? [] : [nearest[1]];
  });
}

export function unpaired({ routes }: Given, pairs: readonly Pair[]): readonly Fault[] {
  return routes
    .filter((each) => isPreview(each) && !pairs.some(({ preview }) => preview === each))
    .map((each) => {
      const reason =
        'is a preview with no stable route to compare it with: one whose name it has, with a suffix of its own';
      return each.at(['metadata', 'name'], `${reason}. Give the stable overlay's file too`);
    });
}

export function differences(pair: Pair): readonly Fault[] {
  return [...parentsOf(pair), ...hostsOf(pair), ...missing(pair), ...added(pair)];
}

function parentsOf({ preview, stable }: Pair): readonly Fault[] {
  const has = (one: Route, parent: ParentRef, other: Route) =>
    other.spec.parentRefs.some((theirs) => isSameParent(one, parent, other, theirs));
  const list = ({ spec }: Route) => spec.parentRefs.map(parentText).join(' and ') || 'nothing';
  const odd = preview.spec.parentRefs.findIndex((parent) => !has(preview, parent, stable));
  const lacking = stable.spec.parentRefs.find((parent) => !has(stable, parent, preview));
  if (odd < 0 && lacking === undefined) return [];
  const reason = `hangs on ${list(preview)}, and its stable route (${placeOf(stable)}) on ${list(stable)}`;
  return [preview.at(odd < 0 ? ['spec', 'parentRefs'] : ['spec', 'parentRefs', odd, 'name'], reason)];
}

/** A closer host goes before any header. */
function hostsOf({ preview, stable }: Pair): readonly Fault[] {
  if (!preview.spec.parentRefs.some((parent) => sideOf(parent) === 'edge')) return [];
  const sorted = ({ spec }: Route) => spec.hostnames.map((host) => host.toLowerCase()).sort();
  const [own, theirs] = [sorted(preview), sorted(stable)];
  if (own.join() === theirs.join()) return [];
  const text = (hosts: readonly string[]) => hosts.join(', ') || 'all hosts';
  const reason = `is for ${text(own)}, and its stable route (${placeOf(stable)}) for ${text(theirs)}`;
  return [preview.at(['spec', 'hostnames'], reason)];
}

/** A stable match that the preview lacks goes before it, or takes what was the preview's. */
function missing({ preview, stable }: Pair): readonly Fault[] {
  const own = new Set(
    matchesOf(preview)
      .filter(({ match }) => baggageOf(match))
      .map(({ match }) => keyOf(match, BAGGAGE)),
  );
  return matchesOf(stable)
    .filter(({ match }) => !own.has(keyOf(match)))
    .map(({ match, path }) => {
      const { file, line } = stable.at(path, '');
      return preview.at(['spec', 'rules'], `has no match for ${matchText(match)}, which is stable (${file}:${line})`);
    });
}

function added(pair: Pair): readonly Fault[] {
  const { preview, stable, suffix } = pair;
  const stables = matchesOf(stable);
  return matchesOf(preview).flatMap(({ match, path, rule }) => {
    if (baggageOf(match) === undefined)
      return [
        preview.at(path, `takes ${matchText(match)} without asking for a preview: the header ${BAGGAGE} is missing`),
      ];
    const same = stables.find((other) => keyOf(other.match) === keyOf(match, BAGGAGE));
    if (same === undefined)
      return [preview.at(path, `takes ${matchText(match)}, which its stable route (${placeOf(stable)}) does not`)];
    return [...leads(preview, rule, backendsOf(stable, same.rule), suffix), ...filtered(pair, rule, same.rule)];
  });
}

function filtered({ preview, stable }: Pair, own: number, its: number): readonly Fault[] {
  const filtersOf = ({ spec }: Route, at: number) => {
    const rule = spec.rules[at];
    const all = [...(rule?.filters ?? []), ...(rule?.backendRefs.flatMap(({ filters }) => filters) ?? [])];
    // What is done to the answer makes no other request.
    return all.filter(({ type }) => type !== 'ResponseHeaderModifier');
  };
  const [mine, theirs] = [filtersOf(preview, own), filtersOf(stable, its)];
  if (isDeepStrictEqual(mine, theirs)) return [];
  const text = (filters: typeof mine) => filters.map(({ type }) => type).join(' and ') || 'no filter';
  const reason = `filters otherwise than its stable route (${placeOf(stable)}): ${text(mine)}, and there ${text(theirs)}`;
  return [preview.at(['spec', 'rules', own], reason)];
}

function leads(preview: Route, rule: number, stables: readonly string[], suffix: string): readonly Fault[] {
  const wanted = stables.map((name) => `${name}${suffix}`);
  const own = backendsOf(preview, rule);
  const odd = own.findIndex((name) => !wanted.includes(name));
  if (odd < 0 && own.length === wanted.length) return [];
  const path = ['spec', 'rules', rule, 'backendRefs', ...(odd < 0 ? [] : [odd, 'name'])];
  const reason = `leads to ${own.join(' and ') || 'nothing'}, and not to ${wanted.join(' and ') || 'nothing'}`;
  const stayed = own.some((name) => stables.includes(name)) ? ': kustomize needs names.yaml to know backendRefs' : '';
  return [preview.at(path, `${reason}${stayed}`)];
}

function backendsOf({ spec }: Route, rule: number): readonly string[] {
  return spec.rules[rule]?.backendRefs.map(({ name }) => name) ?? [];
}

export type PlacedMatch = { readonly match: Match; readonly path: readonly PropertyKey[]; readonly rule: number };

export function matchesOf({ spec }: Route): readonly PlacedMatch[] {
  return spec.rules.flatMap(({ matches }, rule) =>
    matches.map((match, index) => ({ match, rule, path: ['spec', 'rules', rule, 'matches', index] })),
  );
}

function placeOf(route: Route): string {
  const { file, line } = route.at(['metadata', 'name'], '');
  return `${file}:${line}`;
}
