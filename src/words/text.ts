/** Text from outside, made fit to be shown: one line, no control characters, never longer than GitHub takes. */

/** Cuts at `most` UTF-16 units, the strictest way to count, without splitting a character. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = most - 1;
  const splits = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return `${text.slice(0, splits ? end - 1 : end)}…`;
}

export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}
