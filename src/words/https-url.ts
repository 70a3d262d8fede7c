/** A URL that may be shown to a person or called: https, or http on loopback for the local stack. */

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A link for people to follow: https alone, whatever the text was; undefined where it is none. */
export function shown(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text);
  return url !== null && url.protocol === 'https:' && url.username === '' ? url.href : undefined;
}

/** Whether a configured destination is https, or http on this very machine. */
export function callable(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
}
