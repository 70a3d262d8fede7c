/** Asks the demo's mesh and Envoy Gateway's route table for the same: what each answers, and which differences have a name. */

import type { Candidate } from '../../local/mesh/precedence.ts';
import type { MeshRequest, Met } from '../../local/mesh/request.ts';
import { type Objects, route, takerOf } from '../../local/mesh/route.ts';
import type { Match } from '../../schemas/http-route.ts';
import type { Translated } from './envoy-gateway.ts';
import { type Difference, NAMED } from './named-differences.ts';
import { takenBy } from './route-table.ts';

export type Asked = {
  readonly met: Extract<Met, { kind: 'Gateway' }> & { readonly section: string };
  readonly request: MeshRequest;
};

export type Played = { readonly manifests: string; readonly asked: readonly Asked[] };

export type Compared = {
  readonly asked: number;
  /** What was answered, each once. */
  readonly answers: ReadonlySet<string>;
  /** How often each difference that has a name was met. */
  readonly named: ReadonlyMap<string, number>;
  /** All others. */
  readonly unnamed: readonly string[];
};

export function compared(objects: Objects, translated: Translated, all: readonly Asked[]): Compared {
  const answers = new Set<string>();
  const named = new Map<string, number>();
  const unnamed: string[] = [];
  for (const asked of all) {
    const ours = ourAnswer(objects, asked);
    const theirs = theirAnswer(objects, translated, asked);
    answers.add(ours.text);
    if (ours.text === theirs.text) continue;
    const difference: Difference = {
      request: asked.request,
      ours: ours.taker?.match,
      theirs: theirs.match,
      domain: theirs.domain,
      ourHosts: ours.taker?.route.spec.hostnames ?? [],
    };
    const found = NAMED.find(({ isThis }) => isThis(difference));
    if (found === undefined) unnamed.push(`${text(asked)}: ${ours.text}, and Envoy Gateway: ${theirs.text}`);
    else named.set(found.name, (named.get(found.name) ?? 0) + 1);
  }
  return { asked: all.length, answers, named, unnamed };
}

/** Where it goes, and by which rule of which route. */
type Answer = { readonly text: string; readonly taker?: Candidate };
type TheirAnswer = { readonly text: string; readonly domain: string; readonly match?: Match };

function ourAnswer(objects: Objects, { met, request }: Asked): Answer {
  const routed = route(objects, met, request);
  const taker = takerOf(objects, met, request);
  if (routed.kind === 'unmatched' || taker === undefined) return { text: '404' };
  const by = ruleText(taker.route.metadata.namespace, taker.route.metadata.name, taker.rule);
  if (routed.kind === 'broken') return { text: `500 by ${by}`, taker };
  const { namespace, name, port } = routed.backend;
  return { text: `${namespace}/${name}:${port} by ${by}`, taker };
}

function theirAnswer(objects: Objects, { tables, services }: Translated, { met, request }: Asked): TheirAnswer {
  const listener = `${met.namespace}/${met.name}/${met.section}`;
  const table = tables.get(listener);
  if (table === undefined) throw new Error(`Envoy Gateway gives Envoy no table for the listener ${listener}`);
  const { domain, route: taken } = takenBy(table, request) ?? { domain: '*' };
  if (taken === undefined) return { text: '404', domain };
  const { by, match } = meant(objects, taken.name);
  const cluster = taken.route?.cluster ?? '';
  const answer =
    taken.directResponse?.status ?? services.get(cluster) ?? `the cluster ${cluster}, which is no Service,`;
  return { text: `${answer} by ${by}`, domain, match };
}

/** `httproute/<namespace>/<name>/rule/<index>/match/<index>/<host>`; where the rule has no match, the index is -1. */
function meant({ routes }: Objects, envoysName: string) {
  const [, namespace, name, rule, match] =
    /^httproute\/([^/]+)\/([^/]+)\/rule\/(\d+)\/match\/(-?\d+)\//.exec(envoysName) ?? [];
  const found = routes.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  const its = found?.spec.rules[Number(rule)]?.matches[Math.max(0, Number(match))];
  if (its === undefined) throw new Error(`there is no route that Envoy Gateway could mean by ${envoysName}`);
  return { match: its, by: ruleText(namespace, name, Number(rule)) };
}

function ruleText(namespace = '', name = '', rule: number): string {
  return `rule ${rule} of ${namespace}/${name}`;
}

function text({ met, request: { method, host, url, headers } }: Asked): string {
  return `${met.name}/${met.section} ${method} ${host}${url} ${JSON.stringify(Object.fromEntries(headers))}`;
}
