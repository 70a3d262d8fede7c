/** Argo CD's `branch_slug`: how a branch is named where only a DNS label will do. */
import { LONGEST_SLUG } from '../words/label.ts';
import { LACKING } from './lacking.ts';
import { SIGNS } from './signs.ts';

const REPLACED: Readonly<Record<string, string>> = { _: '-', '&': 'and', '@': 'at', '"': '', "'": '' };

/**
 * An RFC 1123 label of at most 50 characters, or empty: where nothing is left of the branch, where what is left is no label
 * (a few signs become `_`), and where we don't know what Argo CD makes of one of its signs. It is never merely close.
 */
export function slugOf(branch: string): string {
  let text = '';
  for (const sign of branch) {
    const said = textOf(sign);
    if (said === undefined) return '';
    text += said;
  }
  const slug = shortened(text.replace(/-+/g, '-').replace(/^[-_]+|[-_]+$/g, ''));
  return slug.includes('_') ? '' : slug;
}

/** It is cut between words, unless the first one alone is too long. */
function shortened(slug: string): string {
  if (slug.length <= LONGEST_SLUG) return slug;
  const dash = slug.lastIndexOf('-', LONGEST_SLUG);
  return slug.slice(0, dash > 0 ? dash : LONGEST_SLUG);
}

/** Undefined: we don't know. */
function textOf(sign: string): string | undefined {
  const point = sign.codePointAt(0) ?? 0;
  if (point < 0x80) return REPLACED[sign] ?? sign.toLowerCase().replace(/[^a-z0-9]/, '-');
  // Beyond the first 65,536 it knows none, and drops them: 🚀 leaves nothing.
  if (point > 0xffff) return '';
  const block = point >> 8;
  if (LACKING.some(([first, last]) => first <= block && block <= last)) return undefined;
  return hangul(point) ?? blocks().get(block)?.[point & 0xff] ?? '';
}

let unpacked: ReadonlyMap<number, readonly string[]> | undefined;

/** Only where a branch asks for it. */
function blocks(): ReadonlyMap<number, readonly string[]> {
  unpacked ??= new Map(
    SIGNS.split(';').map((line) => [Number.parseInt(line.slice(0, 2), 16), line.slice(3).split(',')]),
  );
  return unpacked;
}

const INITIAL = 'g,gg,n,d,dd,r,m,b,bb,s,ss,,j,jj,c,k,t,p,h'.split(',');
const MEDIAL = 'a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,weo,we,wi,yu,eu,yi,i'.split(',');
const FINAL = ',g,gg,gs,n,nj,nh,d,l,lg,lm,lb,ls,lt,lp,lh,m,b,bs,s,ss,ng,j,c,k,t,p,h'.split(',');

/** Unicode puts the syllables in the order of their parts. */
function hangul(point: number): string | undefined {
  const at = point - 0xac00;
  if (at < 0 || at >= INITIAL.length * MEDIAL.length * FINAL.length) return undefined;
  const [final, rest] = [at % FINAL.length, Math.floor(at / FINAL.length)];
  return `${INITIAL[Math.floor(rest / MEDIAL.length)]}${MEDIAL[rest % MEDIAL.length]}${FINAL[final]}`;
}
