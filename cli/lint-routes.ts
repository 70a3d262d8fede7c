/** Whether HTTPRoutes, as kustomize builds them, route previews rightly: each fault by file, line and reason. */
import { failed, ok, type Result } from '../src/words/result.ts';
import { type Fault, type Given, readGiven } from './lint-routes/given.ts';
import { isPreview } from './lint-routes/kinds.ts';
import { differences, pairsOf, unpaired } from './lint-routes/pairs.ts';
import { headersOf, namesakesOf, otherWaysIn, togetherOf } from './lint-routes/previews.ts';
import { rules } from './lint-routes/rules.ts';

type Said = { readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] };
type ReadText = (path: string) => string | undefined;

export function lintRoutes(args: readonly string[], read: ReadText): Said {
  const given = givenBy(args, read);
  if (!given.ok) return { code: 1, out: [], err: given.failure };
  const faults = faultsOf(given.value);
  if (faults.length > 0) return { code: 1, out: [], err: faults.map(inALine) };
  return { code: 0, out: given.value.files.map((file) => `${file}: ${summary(file, given.value)}`), err: [] };
}

export function faultsOf(given: Given): readonly Fault[] {
  const pairs = pairsOf(given);
  const alone = unpaired(given, pairs);
  // What belongs together is known by the stable routes.
  const together = alone.length > 0 ? [] : togetherOf(given, pairs);
  const faults = [
    ...rules.flatMap((rule) => rule(given)),
    ...given.routes.flatMap(headersOf),
    ...alone,
    ...pairs.flatMap(differences),
    ...together,
    ...(alone.length > 0 || together.length > 0 ? [] : otherWaysIn(given, pairs)),
    ...namesakesOf(pairs),
  ];
  const order = new Map(given.files.map((file, index) => [file, index]));
  return faults.sort(
    (one, other) => (order.get(one.file) ?? 0) - (order.get(other.file) ?? 0) || one.line - other.line,
  );
}

function givenBy(args: readonly string[], read: ReadText): Result<Given, readonly string[]> {
  const option = args.find((arg) => arg.startsWith('-'));
  if (option !== undefined) return failed([`${option}: no such option; lint-routes takes files alone`]);
  if (args.length === 0)
    return failed(['lint-routes FILE…: no file is named; one is what kustomize builds of an overlay']);
  const texts = new Map<string, string>();
  for (const file of args) {
    const text = read(file);
    if (text === undefined) return failed([`${file}: there is no such file, or it cannot be read`]);
    texts.set(file, text);
  }
  const given = readGiven(texts);
  if (given.ok && given.value.routes.length === 0) return failed([`${args.join(', ')}: no HTTPRoute is in there`]);
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
