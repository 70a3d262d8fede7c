/** Whether the name of an entry of `images` means an image: to Kustomize it is a regular expression, whatever it looks like. */
import { spellingsOf } from '../words/image.ts';
import { matcherOf } from '../words/pattern.ts';

/** A longer one is taken for one that means it. */
const MOST = 300;
/** `.` stands in most names, and each of them is looked at for each image. */
const NEARLY_LITERAL = /^[\w./:@-]+$/;

/** Where it can't be told, it may. https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/image/image.go */
export function mayMean(name: string, image: string): boolean {
  const isNearlyLiteral = NEARLY_LITERAL.test(name);
  if (!isNearlyLiteral && name.length > MOST) return true;
  // Which tag the base has, nobody knows here: a name that holds one may be for it.
  const untagged = /^.*?(?=[:@][^/]*$)/.exec(name)?.[0] ?? name;
  return spellingsOf(image).some((spelling) =>
    isNearlyLiteral ? isAlike(untagged, spelling) : fits(name, spelling) || fits(untagged, spelling, false),
  );
}

function isAlike(name: string, image: string): boolean {
  return name.length === image.length && Array.from(name).every((sign, at) => sign === '.' || sign === image[at]);
}

function fits(pattern: string, image: string, otherwise = true): boolean {
  const matches = matcherOf(`^${pattern}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`);
  const tags = [...pattern.matchAll(/:([\w.-]+)/g)].map(([tag]) => tag);
  return matches === undefined ? otherwise : ['', ':v1', '@sha256:0', ...tags].some((tag) => matches(image + tag));
}
