/** Reads, sifts and writes W3C Baggage, by the grammar of its specification: docs/decisions/0014. */

/** `key` is decoded; `text` is the member as it is sent on, without optional white space. */
export type Member = { readonly key: string; readonly text: string };

/** The specification owes no more than this to anybody, all header lines together. */
const MOST_MEMBERS = 64;
const MOST_BYTES = 8_192;

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** Printable ASCII without space, `"`, `,`, `;` and `\`. */
const VALUE = String.raw`[!#-+\--:<-\[\]-~]*`;
const SPACE = '[ \\t]*';
// No two neighbours of these can take the same sign, so none of them ever goes back.
const PAIR = new RegExp(`^${SPACE}(${TOKEN})${SPACE}=${SPACE}(${VALUE})${SPACE}$`);
const FLAG = new RegExp(`^${SPACE}(${TOKEN})${SPACE}$`);

/** What is no member by the grammar, or has a property that is none, is left out as a whole. */
export function parseBaggage(header: string): readonly Member[] {
  return header.split(',').flatMap((part) => {
    const [first = '', ...properties] = part.split(';');
    const pair = PAIR.exec(first);
    const texts = properties.map(propertyText);
    if (pair === null || texts.includes(undefined)) return [];
    const [, key = '', value = ''] = pair;
    return [{ key: decoded(key), text: [`${key}=${value}`, ...texts].join(';') }];
  });
}

/** Whole members, in their order, as long as there is room for them. Undefined: there is nothing to send. */
function writeBaggage(texts: readonly string[]): string | undefined {
  let written = '';
  let members = 0;
  for (const text of texts) {
    const longer = members === 0 ? text : `${written},${text}`;
    // All of it is ASCII.
    if (members === MOST_MEMBERS || longer.length > MOST_BYTES) continue;
    written = longer;
    members += 1;
  }
  return members === 0 ? undefined : written;
}

type Sifting = {
  readonly member: string;
  /** Undefined: the shared environment, which no member names. */
  readonly slug: string | undefined;
  readonly keeps: (key: string) => boolean;
};

/** The router's own member, first and without properties, and of what came what may pass. Nobody else names a preview. */
export function siftBaggage(incoming: string | null, { member, slug, keeps }: Sifting): string | undefined {
  const came = incoming === null ? [] : parseBaggage(incoming);
  const kept = came.filter(({ key }) => keeps(key) && !readsAs(key, member));
  return writeBaggage([...(slug === undefined ? [] : [`${member}=${slug}`]), ...kept.map(({ text }) => text)]);
}

/** However a reader down the way may take it: some ignore case, some take `+` for a space and trim. */
function readsAs(key: string, member: string): boolean {
  return key.replaceAll('+', ' ').trim().toLowerCase() === member.toLowerCase();
}

function propertyText(property: string): string | undefined {
  const pair = PAIR.exec(property);
  return pair === null ? FLAG.exec(property)?.[1] : `${pair[1]}=${pair[2]}`;
}

/** OpenTelemetry's readers decode keys. What can't be decoded means nothing to them, and stays as it is. */
function decoded(key: string): string {
  if (!key.includes('%')) return key;
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
