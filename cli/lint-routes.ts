/** Whether HTTPRoutes, as kustomize builds them, route previews rightly: each fault by file, line and reason. */
import { parseArgs } from 'node:util';
import { Member } from '../schemas/router.ts';
import { failed, ok, type Result } from '../src/words/result.ts';
import { type Fault, type Given, readGiven } from './lint-routes/given.ts';
import { isPreview } from './lint-routes/kinds.ts';
import { differences, pairsOf, unpaired } from './lint-routes/pairs.ts';
import { handOn, headersOf, namesakesOf, otherWaysIn, pastTheRouter, togetherOf } from './lint-routes/previews.ts';
import { rules } from './lint-routes/rules.ts';

type Said = { readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] };
type Asked = { readonly files: readonly string[]; readonly router: Router };
/** `member`: as `[vars.ROUTER]` of wrangler.router.toml says it; `gateway`: the one that the router alone reaches. */
type Router = { readonly member: string; readonly gateway: string };
type ReadText = (path: string) => string | undefined;

export function lintRoutes(args: readonly string[], read: ReadText): Said {
  const asked = understood(args);
  if (!asked.ok) return { code: 1, out: [], err: [asked.failure] };
  const given = givenBy(asked.value.files, read);
  if (!given.ok) return { code: 1, out: [], err: given.failure };
  const faults = faultsOf(given.value, asked.value.router);
  if (faults.length > 0) return { code: 1, out: [], err: faults.map(inALine) };
  return { code: 0, out: given.value.files.map((file) => `${file}: ${summary(file, given.value)}`), err: [] };
}

function faultsOf(given: Given, { member, gateway }: Router): readonly Fault[] {
  const pairs = pairsOf(given);
  const alone = unpaired(given, pairs);
  // What belongs together is known by the stable routes.
  const together = alone.length > 0 ? [] : togetherOf(given, pairs);
  const faults = [
    ...rules.flatMap((rule) => rule(given)),
    ...given.routes.flatMap((route) => headersOf(route, member)),
    ...alone,
    ...pairs.flatMap(differences),
    ...handOn(pairs),
    ...given.routes.filter(isPreview).flatMap((route) => pastTheRouter(route, gateway)),
    ...together,
    ...(alone.length > 0 || together.length > 0 ? [] : otherWaysIn(given, pairs)),
    ...namesakesOf(pairs),
  ];
  const order = new Map(given.files.map((file, index) => [file, index]));
  return faults.sort(
    (one, other) => (order.get(one.file) ?? 0) - (order.get(other.file) ?? 0) || one.line - other.line,
  );
}

function understood(args: readonly string[]): Result<Asked, string> {
  const options = {
    member: { type: 'string', default: 'preview' },
    gateway: { type: 'string', default: 'previews' },
  } as const;
  const {
    tokens,
    values,
    positionals: files,
  } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const odd = tokens.find((token) => token.kind === 'option' && !Object.hasOwn(options, token.name));
  if (odd?.kind === 'option')
    return failed(`${odd.rawName}: no such option; lint-routes takes files, --member KEY and --gateway NAME`);
  const member = Member.safeParse(values.member);
  if (!member.success) return failed(`--member ${values.member}: is no key that a member may have`);
  const { gateway } = values;
  if (typeof gateway !== 'string' || gateway === '') return failed('--gateway NAME: the name is missing');
  if (files.length === 0)
    return failed('lint-routes FILE…: no file is named; one is what kustomize builds of an overlay');
  return ok({ files, router: { member: member.data, gateway } });
}

function givenBy(files: readonly string[], read: ReadText): Result<Given, readonly string[]> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = read(file);
    if (text === undefined) return failed([`${file}: there is no such file, or it cannot be read`]);
    texts.set(file, text);
  }
  const given = readGiven(texts);
  if (given.ok && given.value.routes.length === 0) return failed([`${files.join(', ')}: no HTTPRoute is in there`]);
  return given.ok ? ok(given.value) : given;
}

function summary(file: string, { routes }: Given): string {
  const own = routes.filter((each) => each.file === file);
  const previews = own.filter(isPreview).length;
  const counted = (count: number, what: string) => `${count} ${what} route${count === 1 ? '' : 's'}`;
  return own.length === 0
    ? 'no routes'
    : `ok, ${counted(own.length - previews, 'stable')}, ${counted(previews, "preview's")}`;
}

function inALine({ file, line, route, reason }: Fault): string {
  return `${file}:${line}: HTTPRoute ${route}: ${reason}`;
}
