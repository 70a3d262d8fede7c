/**
 * Whether a name fits a pattern in which `*` is any run of characters. Both may come from outside, so no regular
 * expression is made of them: time grows with the lengths alone.
 */
export function fits(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return name === head;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;

  let middle = name.slice(head.length, name.length - tail.length);
  for (const part of rest) {
    const at = middle.indexOf(part);
    if (at === -1) return false;
    middle = middle.slice(at + part.length);
  }
  return true;
}
