/**
 * Which previews a header match asks for, and whether it takes what it should and nothing else: as a mesh takes an
 * expression, for the whole header, and as Traefik does, wherever it fits.
 */
import type { Expected } from '../../schemas/http-route.ts';
import { isLabel } from '../../src/words/label.ts';
import { ESCAPE, matcherOf } from '../../src/words/pattern.ts';
import { failed, ok, type Result } from '../../src/words/result.ts';

export type Asked = { readonly member: string; readonly names: readonly string[] };

const PORTABLE = String.raw`^(?:.*,)?\s*preview\s*=(?:\s*SLUG\s*|\s*NAME\s*)(?:;[^,]*)?(?:,.*)?$`;

export function askedBy({ type, value }: Expected): Result<Asked, string> {
  return type === 'Exact' ? askedExactly(value) : askedByExpression(value);
}

/** Fit for the edge, where the router's member stands alone; behind a service that adds one of its own it fits no more. */
function askedExactly(value: string): Result<Asked, string> {
  const [, member = '', name = ''] = /^([^=,;\s]+)=([^=,;\s]+)$/.exec(value) ?? [];
  if (member === '') return failed(`${value} is no whole baggage header, which is preview=SLUG`);
  return isLabel(name) ? ok({ member, names: [name] }) : failed(notALabel(name));
}

function askedByExpression(value: string): Result<Asked, string> {
  const [somewhere, whole] = [matcherOf(value), matcherOf(`^(?:${value})$`)];
  if (somewhere === undefined || whole === undefined)
    return failed(`${value} is no expression that every mesh knows${oddIn(value)}`);
  const asked = readNames(value);
  if (asked === undefined) return failed(`${value} names no preview; the expression is ${PORTABLE}`);
  const { member, names } = asked;
  for (const name of names) {
    const wrong = firstWrong(member, name, names, (text) => [somewhere(text), whole(text)]);
    if (wrong !== undefined) return failed(`${value} ${wrong}; the expression is ${PORTABLE}`);
  }
  const odd = names.find((name) => !isLabel(name));
  return odd === undefined ? ok(asked) : failed(notALabel(odd));
}

/** The member and the values between which the expression chooses, however it groups them. */
function readNames(value: string): Asked | undefined {
  const [, member, names] = /([\w.-]+)=(?:\((?:\?:)?)?([\w|-]+)/.exec(value.replaceAll(SPACES, '')) ?? [];
  return member === undefined || names === undefined ? undefined : { member, names: names.split('|') };
}

const SPACES = /(?:\\s|\[(?: |\\t)+\])[*+]?/g;

/** The first sign of those that are not known. */
function oddIn(value: string): string {
  const bare = value.replaceAll(new RegExp(ESCAPE, 'g'), 'x');
  const [odd] = /\(\?(?!:)<?.|\\.|[*+?}][*+?]|\[\[:/.exec(bare) ?? [];
  return `${odd === undefined ? '' : `, for its ${odd}`}: no look-around, \\1, \\b or lazy repeats`;
}

type Takes = (text: string) => readonly [somewhere: boolean, whole: boolean];

function firstWrong(member: string, name: string, names: readonly string[], takes: Takes): string | undefined {
  const its = `${member}=${name}`;
  const right = [its, `a=1,${its}`, `${its},b=2`, `${its};ttl=1,b=2`, `a=1;p , ${member} = ${name} ; p=2 , b=2`];
  const others = [
    `${its}bar`,
    `${its}-2`,
    `my${its}`,
    `a=1;${its}`,
    `a=${its}`,
    `${member}=`,
    `${member}=other`,
    'a=1',
    '',
  ];
  const missed = right.find((text) => takes(text).includes(false));
  const taken = others.find((text) => !names.includes(text.slice(member.length + 1)) && takes(text).includes(true));
  if (taken !== undefined) return `takes "${taken}" too, which does not ask for ${name}`;
  return missed === undefined ? undefined : `does not take "${missed}"`;
}

function notALabel(name: string): string {
  return `${name} can be no preview's name: lower-case letters, digits and dashes, 63 at most`;
}
