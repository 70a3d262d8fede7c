/**
 * Regular expressions that always end: time grows with the pattern times the text, whatever either holds. JavaScript's own
 * go back and try again, for minutes where somebody wants them to. What they know and this does not is refused:
 * look-around, `\1`, `\b`, lazy repeats.
 */

/** The text is read sign by sign, in all the places at once that it may have come to. */
type Place =
  | { readonly kind: 'sign'; readonly fits: (sign: string) => boolean; readonly next: Place }
  | { readonly kind: 'fork'; readonly ways: Place[] }
  | { readonly kind: 'edge'; readonly sign: string; readonly next: Place }
  | { readonly kind: 'end' };
/** A part of a pattern: how many places it takes, and what it is once it is known what follows. */
type Part = { readonly size: number; readonly before: (next: Place) => Place };
type Reading = { readonly tokens: readonly string[]; at: number };

const MOST_PLACES = 2_000;
export const ESCAPE = String.raw`\\[dDwWsStnrfv.^$*+?()[\]{}|\\/-]`;
const TOKEN = new RegExp(
  String.raw`${ESCAPE}|\[(?:${ESCAPE}|[^\\[\]])+\]|\(\?:|\{\d{1,3}(?:,\d{0,3})?\}|[^\\[\]{}]`,
  'gsuy',
);
const NOTHING: Part = { size: 0, before: (next) => next };

/** Tells whether a text holds what the pattern describes; undefined: it describes nothing that is known here. */
export function matcherOf(pattern: string): ((text: string) => boolean) | undefined {
  const tokens = pattern.match(TOKEN) ?? [];
  if (tokens.join('') !== pattern) return undefined;
  const reading = { tokens, at: 0 };
  const part = readChoice(reading);
  if (part === undefined || reading.at < tokens.length || part.size > MOST_PLACES) return undefined;
  const start = part.before({ kind: 'end' });
  return (text) => holds(start, Array.from(text));
}

function readChoice(reading: Reading): Part | undefined {
  const ways: Part[] = [];
  do {
    const way = readSequence(reading);
    if (way === undefined) return undefined;
    ways.push(way);
  } while (taken(reading, '|'));
  const [only, ...others] = ways;
  if (only !== undefined && others.length === 0) return only;
  return {
    size: sum(ways.map(({ size }) => size)) + 1,
    before: (next) => ({ kind: 'fork', ways: ways.map((way) => way.before(next)) }),
  };
}

function readSequence(reading: Reading): Part | undefined {
  const parts: Part[] = [];
  while (reading.at < reading.tokens.length && !['|', ')'].includes(reading.tokens[reading.at] ?? '')) {
    const atom = readAtom(reading);
    const part = atom === undefined ? undefined : readRepeat(reading, atom);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return inSequence(parts);
}

function readAtom(reading: Reading): Part | undefined {
  const token = reading.tokens[reading.at] ?? '';
  reading.at += 1;
  if (token === '(' || token === '(?:') {
    const inner = readChoice(reading);
    return taken(reading, ')') ? inner : undefined;
  }
  if (token === '^' || token === '$') return { size: 1, before: (next) => ({ kind: 'edge', sign: token, next }) };
  if (/^([*+?]|\{.*)$/s.test(token)) return undefined;
  const sign = signOf(token);
  return sign && { size: 1, before: (next) => ({ kind: 'sign', fits: (text) => sign.test(text), next }) };
}

/** A single sign never makes JavaScript's own go back. */
function signOf(token: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${token})$`, 'u');
  } catch {
    return undefined;
  }
}

function readRepeat(reading: Reading, atom: Part): Part | undefined {
  const token = reading.tokens[reading.at] ?? '';
  const [, least = '', comma, most = ''] = /^\{(\d+)(,?)(\d*)\}$/.exec(token) ?? [];
  const bounds: Readonly<Record<string, readonly [number, number]>> = {
    '*': [0, Infinity],
    '+': [1, Infinity],
    '?': [0, 1],
    [least === '' ? 'none' : token]: [
      Number(least),
      comma === '' ? Number(least) : Number(most === '' ? Infinity : most),
    ],
  };
  const found = bounds[token];
  if (found === undefined) return atom;
  reading.at += 1;
  const [from, to] = found;
  // What comes next may not be another repeat: lazy ones are not known, and `a**` is none.
  if (from > to || /^([*+?]|\{.*)$/s.test(reading.tokens[reading.at] ?? '')) return undefined;
  const optional =
    to === Infinity ? [endless(atom)] : times(to - from, { size: atom.size + 1, before: skippable(atom) });
  const part = inSequence([...times(from, atom), ...optional]);
  // Repeats of repeats multiply: what is too large already is not even made.
  return part.size > MOST_PLACES ? undefined : part;
}

function endless(atom: Part): Part {
  return {
    size: atom.size + 1,
    before: (next) => {
      const fork: Place = { kind: 'fork', ways: [next] };
      fork.ways.push(atom.before(fork));
      return fork;
    },
  };
}

function skippable(atom: Part): Part['before'] {
  return (next) => ({ kind: 'fork', ways: [next, atom.before(next)] });
}

function inSequence(parts: readonly Part[]): Part {
  if (parts.length === 0) return NOTHING;
  return {
    size: sum(parts.map(({ size }) => size)),
    before: (next) => parts.reduceRight((following, part) => part.before(following), next),
  };
}

function holds(start: Place, text: readonly string[]): boolean {
  let places = new Set<Place>();
  for (let at = 0; at <= text.length; at += 1) {
    // It may begin anywhere.
    places = reached([...places, start], at === 0, at === text.length);
    const sign = text[at];
    const next = new Set<Place>();
    for (const place of places) {
      if (place.kind === 'end') return true;
      if (place.kind === 'sign' && sign !== undefined && place.fits(sign)) next.add(place.next);
    }
    places = next;
  }
  return false;
}

/** All the places that can be come to without a sign. */
function reached(from: readonly Place[], isFirst: boolean, isLast: boolean): Set<Place> {
  const places = new Set<Place>();
  const open = [...from];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (places.has(place)) continue;
    places.add(place);
    if (place.kind === 'fork') open.push(...place.ways);
    if (place.kind === 'edge' && (place.sign === '^' ? isFirst : isLast)) open.push(place.next);
  }
  return places;
}

function taken(reading: Reading, token: string): boolean {
  if (reading.tokens[reading.at] !== token) return false;
  reading.at += 1;
  return true;
}

function times(count: number, part: Part): readonly Part[] {
  return Array.from({ length: count }, () => part);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
