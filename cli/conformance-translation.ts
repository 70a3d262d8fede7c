/**
 * The demo's mesh beside a real implementation: Envoy Gateway translates the same routes into what Envoy gets, and each request has
 * to be taken alike by both, but for the differences that have a name.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readObjects } from '../local/mesh/read-objects.ts';
import { inLines } from '../schemas/parse-file.ts';
import { differing, type Failures } from './failures.ts';
import { cases, examples } from './translation/cases.ts';
import { type Compared, compared, type Played } from './translation/compare.ts';
import { builtEgctl, translated } from './translation/envoy-gateway.ts';
import { madeUp } from './translation/made-up.ts';
import { NAMED } from './translation/named-differences.ts';
import { shipped } from './translation/shipped.ts';
import { theirManifests } from './translation/their-manifests.ts';

const SHOWN = 10;

/** What stands in the way of it is a failure: where it can't be built, nothing was compared. */
export async function translation(directory: string): Promise<ReadonlyMap<string, Failures>> {
  return translations(directory).catch((error: unknown) => new Map([['Envoy Gateway routes alike', [String(error)]]]));
}

async function translations(directory: string): Promise<ReadonlyMap<string, Failures>> {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  const [egctl, module] = await Promise.all([builtEgctl(), moduleOf('sigs.k8s.io/gateway-api/conformance')]);
  const plays: Readonly<Record<string, Play>> = {
    "the interpreter's cases": { played: cases() },
    // From outside: previews of a, the way in, and those of c at a host of its own.
    'the shipped routes': { played: shipped('preview'), further: leadEverywhere },
    'the shipped routes, exactly': { played: shipped('preview-exact'), further: leadEverywhere },
    "the manifests of the Gateway API's tests": { played: theirManifests(module, seed) },
    [`sets made up from SEED=${seed}`]: { played: madeUp(seed) },
    'an example of each difference that has a name': { played: examples(), further: areAllMet },
  };
  const told = Object.entries(plays).map(async ([what, { played, further }], index) => {
    const all = await play(egctl, played, join(directory, `routes-${index}.yaml`));
    const named = [...all.named].map(([name, times]) => `${times} differ: ${name}`);
    const counted = [`${all.asked} requests`, `${all.answers.size} answers`, ...named].join(', ');
    const failures = [...all.unnamed.slice(0, SHOWN), ...(further?.(all) ?? [])];
    return [`Envoy Gateway routes alike: ${what} (${counted})`, failures] as const;
  });
  return new Map(await Promise.all(told));
}

type Play = { readonly played: Played; readonly further?: (all: Compared) => Failures };

async function play(egctl: string, { manifests, asked }: Played, file: string): Promise<Compared> {
  const objects = readObjects(manifests, 'manifests', 'default');
  if (!objects.ok) throw new Error(inLines(objects.failure).join('\n'));
  return compared(objects.value, await translated(egctl, manifests, file), asked);
}

function leadEverywhere({ answers }: Compared): Failures {
  const namespaces = new Set([...answers].map((answer) => answer.split('/')[0]));
  return differing('the answers', [...namespaces].sort(), ['404', 'a-pr-1', 'a-sandbox', 'c-sandbox']);
}

/** One that is met no more is no difference any more. */
function areAllMet({ named }: Compared): Failures {
  return differing(
    'the differences',
    [...named.keys()],
    NAMED.map(({ name }) => name),
  );
}

async function moduleOf(path: string): Promise<string> {
  const list = ['list', '-m', '-f', '{{.Dir}}', path];
  const { stdout } = await promisify(execFile)('go', list, { cwd: join(import.meta.dirname, '../conformance') });
  return stdout.trim();
}
