/** What must be right of the routes of one preview, each by itself and together. */
import { askedBy } from './expression.ts';
import type { Fault, Route } from './given.ts';
import { baggageOf, isOn, type Side, servicesOf } from './kinds.ts';
import { matchesOf, type Pair } from './pairs.ts';

export function headersOf(route: Route): readonly Fault[] {
  const headers = matchesOf(route).flatMap(({ match, path }) => {
    const header = baggageOf(match);
    return header === undefined ? [] : [{ header, path: [...path, 'headers', match.headers.indexOf(header), 'value'] }];
  });
  const [first] = headers;
  const mixed = headers.find(({ header }) => header.type !== first?.header.type);
  if (mixed !== undefined)
    return [
      route.at(mixed.path, 'asks both exactly and by an expression: a mesh that knows none refuses all of the route'),
    ];
  return headers.flatMap(({ header, path }) => {
    const asked = askedBy(header);
    return asked.ok ? [] : [route.at(path, asked.failure)];
  });
}

/** The edge's route alone is left at the first hop; the mesh's alone is never met from outside. */
export function togetherOf(pairs: readonly Pair[]): readonly Fault[] {
  return pairs.flatMap((pair) => [...partner(pair, 'edge', 'mesh'), ...partner(pair, 'mesh', 'edge')]);

  function partner({ preview, stable, suffix }: Pair, has: Side, wanted: Side): readonly Fault[] {
    if (!isOn(preview, has)) return [];
    return servicesOf(stable, has).flatMap((name) => {
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
      // Once is enough.
      if (has === 'edge' || own === theirs) return [];
      return [preview.at(['spec', 'rules'], `asks for ${own}, and ${other.preview.metadata.name} for ${theirs}`)];
    });
  }
}

const WITHOUT: Readonly<Record<Side, string>> = {
  edge: 'from outside it is never reached',
  mesh: 'behind another service it is never reached',
};

/** Branches that are cut to one slug: the older preview gets all of it. */
export function namesakesOf(pairs: readonly Pair[]): readonly Fault[] {
  return pairs.flatMap(({ preview, stable }, index) => {
    const own = namesIn(preview);
    return pairs.slice(0, index).flatMap((other) => {
      const both = namesIn(other.preview).find((name) => own.includes(name));
      if (other.stable !== stable || both === undefined) return [];
      const { file, line } = other.preview.at(['metadata', 'name'], '');
      const reason = `asks for ${both}, as ${other.preview.metadata.name} does (${file}:${line})`;
      return [preview.at(['spec', 'rules'], `${reason}: only the older one would get it`)];
    });
  });
}

function askedOf(route: Route): string {
  return namesIn(route).join(' or ');
}

/** `preview=foo`, each once. */
function namesIn(route: Route): readonly string[] {
  const all = matchesOf(route).flatMap(({ match }): readonly string[] => {
    const header = baggageOf(match);
    const asked = header === undefined ? undefined : askedBy(header);
    return asked?.ok ? asked.value.names.map((name) => `${asked.value.member}=${name}`) : [];
  });
  return [...new Set(all)].sort();
}
