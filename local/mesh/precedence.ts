/**
 * Which of several matches that fit a request goes first: the order that the Gateway API gives in
 * apis/v1/httproute_types.go, at `hostnames` and at `matches`. Each match ranks by itself, whichever rule it stands in.
 */

import type { HttpRoute, Match } from '../../schemas/http-route.ts';
import { firstOfEach, fitsHost, lowered } from './fits.ts';

export type Candidate = {
  readonly route: HttpRoute;
  /** Among the rules of its route, and then among the matches of its rule. */
  readonly rule: number;
  readonly match: Match;
};

export function firstOf(candidates: readonly Candidate[], host: string | undefined): Candidate | undefined {
  return [...candidates].sort((one, other) => compare(rank(one, host), rank(other, host)))[0];
}

/** The smaller goes first. */
function rank({ route, rule, match }: Candidate, host: string | undefined): readonly (number | string)[] {
  const { name, namespace = '', creationTimestamp } = route.metadata;
  return [
    ...hostRank(route.spec.hostnames, host),
    // The place of regular expressions is left to implementations: last, as in Istio.
    match.path.type === 'Exact' ? 0 : 1,
    match.path.type === 'RegularExpression' ? 1 : 0,
    match.path.type === 'RegularExpression' ? 0 : -match.path.value.length,
    match.method === undefined ? 1 : 0,
    -firstOfEach(match.headers, lowered).length,
    -firstOfEach(match.queryParams, (each) => each).length,
    // One that the API server has not seen yet is no older than those that it has.
    creationTimestamp === undefined || creationTimestamp === null
      ? Number.POSITIVE_INFINITY
      : Date.parse(creationTimestamp),
    `${namespace}/${name}`,
    rule,
  ];
}

function hostRank(hostnames: readonly string[], host: string | undefined): readonly number[] {
  if (host === undefined) return [0, 0];
  const fitting = hostnames.filter((each) => fitsHost(each, host));
  const longest = (among: readonly string[]) => Math.max(0, ...among.map(({ length }) => length));
  return [-longest(fitting.filter((each) => !each.startsWith('*.'))), -longest(fitting)];
}

function compare(one: readonly (number | string)[], other: readonly (number | string)[]): number {
  for (const [index, left] of one.entries()) {
    const right = other[index];
    if (right !== undefined && left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
