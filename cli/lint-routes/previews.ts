/** What must be right of the routes of one preview, each by itself and together. */
import { lowered } from '../../local/mesh/fits.ts';
import type { Match } from '../../schemas/http-route.ts';
import { askedBy } from './expression.ts';
import type { Fault, Given, Route } from './given.ts';
import {
  BAGGAGE,
  baggageOf,
  findBaggageChange,
  isBeside,
  isClosed,
  isOn,
  isPreview,
  keyOf,
  matchText,
  parentText,
  type Side,
  servicesOf,
  sideOf,
} from './kinds.ts';
import { matchesOf, type Pair } from './pairs.ts';

export function headersOf(route: Route, member: string): readonly Fault[] {
  const headers = matchesOf(route).flatMap(({ match, path }) => {
    const header = baggageOf(match);
    return header === undefined
      ? []
      : [{ header, match, path: [...path, 'headers', match.headers.indexOf(header), 'value'] }];
  });
  const [first] = headers;
  const twice = headers.find(({ match }) => match.headers.filter(({ name }) => lowered(name) === BAGGAGE).length > 1);
  if (twice !== undefined)
    return [route.at(twice.path, `asks for ${BAGGAGE} twice in one match: the second is ignored`)];
  const mixed = headers.find(({ header }) => header.type !== first?.header.type);
  if (mixed !== undefined)
    return [
      route.at(mixed.path, 'asks both exactly and by an expression: a mesh that knows none refuses all of the route'),
    ];
  const wrong = headers.flatMap(({ header, path }) => {
    const asked = askedBy(header);
    if (!asked.ok) return [route.at(path, asked.failure)];
    const own = asked.value.member;
    return own === member ? [] : [route.at(path, `asks for ${own}=, and the router says ${member}= (--member KEY)`)];
  });
  return wrong.length > 0 ? wrong : namesLacking(route, headers);
}

type Asking = { readonly match: Match; readonly path: readonly PropertyKey[] };

/** What is stable needs to be asked for by all names of the preview: in one expression, or exactly, with a match for each. */
function namesLacking(route: Route, headers: readonly Asking[]): readonly Fault[] {
  const all = namesIn(headers.map(({ match }) => match));
  const alike = Map.groupBy(headers, ({ match }) => keyOf(match, BAGGAGE));
  return [...alike.values()].flatMap((same) => {
    const own = namesIn(same.map(({ match }) => match));
    const [first] = same;
    const lacking = all.filter((name) => !own.includes(name));
    if (first === undefined) return [];
    const takes = `takes ${matchText(first.match)} for ${own.join(' and ')} alone`;
    if (!own.some((name) => NUMBERED.test(name)))
      return [route.at(first.path, `${takes}, and not for the name pr-<number>-<repository> of the preview`)];
    return lacking.length === 0 ? [] : [route.at(first.path, `${takes}, and not for ${lacking.join(' and ')}`)];
  });
}

const NUMBERED = /=pr-\d+-[a-z0-9-]+$/;

/**
 * The edge's route alone is left at the first hop. The mesh's alone is never met from outside, where its stable Service is
 * reached with baggage; where it is not, others lead to it.
 */
export function togetherOf(given: Given, pairs: readonly Pair[]): readonly Fault[] {
  return pairs.flatMap((pair) => [...partner(pair, 'edge', 'mesh'), ...partner(pair, 'mesh', 'edge')]);

  function partner({ preview, stable, suffix }: Pair, has: Side, wanted: Side): readonly Fault[] {
    if (!isOn(preview, has)) return [];
    return servicesOf(stable, has).flatMap((name) => {
      if (wanted === 'edge' && waysInto(name, stable, given).every(isClosed)) return [];
      const other = pairs.find(
        (each) =>
          each.suffix === suffix && isOn(each.preview, wanted) && servicesOf(each.stable, wanted).includes(name),
      );
      if (other === undefined)
        return [
          preview.at(
            ['spec', 'parentRefs'],
            `the preview has no ${wanted} route for Service ${name}: ${WITHOUT[wanted]}`,
          ),
        ];
      const [own, theirs] = [askedOf(preview), askedOf(other.preview)];
      // Once is enough, and of what names nobody all is said already.
      if (has === 'edge' || own === theirs || own === '' || theirs === '') return [];
      return [preview.at(['spec', 'rules'], `asks for ${own}, and ${other.preview.metadata.name} for ${theirs}`)];
    });
  }
}

const WITHOUT: Readonly<Record<Side, string>> = {
  edge: 'from outside it is never reached',
  mesh: 'behind another service it is never reached',
};

/** A Gateway on which no preview hangs is no way in to one: whoever reached it would choose a preview by a header, past the router. */
export function otherWaysIn(given: Given, pairs: readonly Pair[]): readonly Fault[] {
  const used = new Set(pairs.map(({ stable }) => stable));
  const ways = pairs.flatMap(({ stable }) =>
    [...servicesOf(stable, 'mesh'), ...servicesOf(stable, 'edge')].flatMap((name) => waysInto(name, stable, given)),
  );
  return [...new Set(ways)]
    .filter((route) => !used.has(route) && !isClosed(route))
    .map((route) => {
      const reason = `no preview hangs on ${route.spec.parentRefs.map(parentText).join(' and ')}, but its header ${BAGGAGE} goes on to them`;
      return route.at(['spec', 'rules'], `${reason}: a RequestHeaderModifier has to remove it`);
    });
}

/** Who reaches a Gateway no route says: the router's has a name, and on any other a header of anybody's chooses the preview. */
export function pastTheRouter(preview: Route, gateway: string): readonly Fault[] {
  return preview.spec.parentRefs.flatMap((parent, index) => {
    if (sideOf(parent) !== 'edge' || parent.name === gateway) return [];
    const reason = `hangs on ${parentText(parent)}, and the router comes by ${gateway} (--gateway NAME): anybody's header would choose it`;
    return [preview.at(['spec', 'parentRefs', index, 'name'], reason)];
  });
}

/** A preview's route, or the stable one in its place, that touches the header ends every preview behind it. */
export function handOn(pairs: readonly Pair[]): readonly Fault[] {
  return [...new Set(pairs.flatMap(({ preview, stable }) => [preview, stable]))].flatMap((route) => {
    const rule = findBaggageChange(route);
    const reason = `changes the header ${BAGGAGE}: what is asked further on is no preview any more`;
    return rule < 0 ? [] : [route.at(['spec', 'rules', rule], reason)];
  });
}

/** The stable routes that lead to this Service from outside, in the environment of one of them. */
function waysInto(name: string, stable: Route, given: Given): readonly Route[] {
  return given.routes.filter(
    (route) =>
      !isPreview(route) &&
      isOn(route, 'edge') &&
      servicesOf(route, 'edge').includes(name) &&
      isBeside(given, route.file, stable.file),
  );
}

/** Branches that are cut to one slug: the older preview gets all of it. */
export function namesakesOf(pairs: readonly Pair[]): readonly Fault[] {
  return pairs.flatMap(({ preview, stable }, index) => {
    const own = namesOf(preview);
    return pairs.slice(0, index).flatMap((other) => {
      const both = namesOf(other.preview).find((name) => own.includes(name));
      if (other.stable !== stable || both === undefined) return [];
      const { file, line } = other.preview.at(['metadata', 'name'], '');
      const reason = `asks for ${both}, as ${other.preview.metadata.name} does (${file}:${line})`;
      return [preview.at(['spec', 'rules'], `${reason}: only the older one would get it`)];
    });
  });
}

function askedOf(route: Route): string {
  return namesOf(route).join(' or ');
}

function namesOf(route: Route): readonly string[] {
  return namesIn(matchesOf(route).map(({ match }) => match));
}

/** `preview=foo`, each once. */
function namesIn(matches: readonly Match[]): readonly string[] {
  const all = matches.flatMap((match): readonly string[] => {
    const header = baggageOf(match);
    const asked = header === undefined ? undefined : askedBy(header);
    return asked?.ok ? asked.value.names.map((name) => `${asked.value.member}=${name}`) : [];
  });
  return [...new Set(all)].sort();
}
