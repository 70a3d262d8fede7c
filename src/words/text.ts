/** Text from outside, made fit to be shown: one line, nothing that can't be seen, never longer than GitHub takes. */

/** Cuts at `most` UTF-16 units, the strictest way to count, without splitting a character. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = most - 1;
  const splits = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return `${text.slice(0, splits ? end - 1 : end)}…`;
}

/** Format characters (Cf) turn the direction of what follows, or hide in it: nobody sees what a word is made of. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/\p{Cf}+/gu, '')
    .trim();
}
