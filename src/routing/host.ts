/** Decides by the host alone where a request goes: which preview, of which application. */
import type { Router } from '../../schemas/router.ts';
import { isLabel, LONGEST_SLUG } from '../words/label.ts';

export type Place = {
  readonly kind: 'place';
  readonly app: string;
  /** The preview's name; undefined: the shared environment. */
  readonly slug: string | undefined;
  readonly scheme: string;
  /** As it was asked for, in lower case and without port. */
  readonly host: string;
  /** Where another application than the entry is; undefined: at the host itself. */
  readonly origin: string | undefined;
  /** What came after the host: path and query. */
  readonly rest: string;
};
export type Misplaced = { readonly kind: 'invalid' | 'unknown app' | 'not ours' };

/**
 * The port is dropped, or the caller could choose where on the origin to knock. Whatever else stands where a host and a port
 * belong (a user, a tab, a backslash) is no name of ours, whatever a lenient reader would make of it.
 */
const URL_FORM = /^(https?):\/\/([\w.-]+?)\.?(?::\d{0,5})?(?=[/?#]|$)(.*)$/is;

export function placeOf(url: string, { zone, entry, shared, apps }: Router): Place | Misplaced {
  const [, scheme = '', name = '', rest = ''] = URL_FORM.exec(url) ?? [];
  const host = name.toLowerCase();
  if (host === '') return { kind: 'invalid' };
  if (!host.endsWith(`.${zone}`)) return { kind: 'not ours' };
  const label = host.slice(0, -zone.length - 1);
  // A wildcard covers one level.
  if (label.includes('.')) return { kind: 'not ours' };
  // Punycode, which no slug is.
  if (!isLabel(label) || label.startsWith('xn--')) return { kind: 'invalid' };
  // A slug has no two dashes in a row, so the last two part it from the application.
  const parting = label.lastIndexOf('--');
  const [slug, appName] = parting === -1 ? [label] : [label.slice(0, parting), label.slice(parting + 2)];
  const app = apps.find(({ name }) => name === appName);
  if (appName !== undefined && app === undefined) return { kind: 'unknown app' };
  const isShared = shared.includes(slug);
  if (!isShared && !isName(slug)) return { kind: 'invalid' };
  return {
    kind: 'place',
    app: app?.name ?? entry,
    slug: isShared ? undefined : slug,
    scheme: scheme.toLowerCase(),
    host,
    origin: app?.origin,
    rest,
  };
}

/** A slug, or the name that every preview answers to as well, which may be longer: `pr-<number>-<repository>`. */
function isName(text: string): boolean {
  return isLabel(text) && !text.includes('--') && (text.length <= LONGEST_SLUG || /^pr-\d+-/.test(text));
}
