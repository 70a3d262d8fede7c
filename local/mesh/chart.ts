/**
 * Who is there in the demo of the preview router, and by which routes: four services, each with the shared environment and
 * some with a preview. The routes are the reference set's overlays as kustomize builds them, with other names.
 */
import { readFileSync } from 'node:fs';
import { inLines } from '../../schemas/parse-file.ts';
import { readObjects, together } from './read-objects.ts';
import type { Objects } from './route.ts';

export const ZONE = 'example-preview.dev';
export const SHARED = 'shared';
/** The Gateway that takes what the router sends. */
export const GATEWAY = { kind: 'Gateway', namespace: 'gateway', name: 'previews' } as const;

/** Each asks the next one. The first is the way in. */
export const SERVICES = ['a', 'b', 'c', 'd'] as const;
export type Name = (typeof SERVICES)[number];

/** One pull request each, in the repositories of three services. */
const PREVIEWS: readonly { readonly of: Name; readonly slug: string; readonly number: number }[] = [
  { of: 'a', slug: 'foo', number: 1 },
  { of: 'c', slug: 'foo', number: 4 },
  { of: 'b', slug: 'bar', number: 2 },
];

export type Instance = {
  readonly of: Name;
  /** `shared`, or the preview's slug. */
  readonly in: string;
  readonly namespace: string;
  /** Its Service's. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
};

const built = (overlay: string) => readFileSync(new URL(`built/${overlay}.yaml`, import.meta.url), 'utf8');

/** By which of the set's components previews are asked for. */
export type Asking = 'preview' | 'preview-exact';

export function instances(asking: Asking = 'preview'): readonly Instance[] {
  const [sandbox, preview] = [built('sandbox'), built(asking)];
  return [
    ...SERVICES.map((of) => ({
      of,
      in: SHARED,
      namespace: `${of}-sandbox`,
      name: of,
      file: `${of}/sandbox.yaml`,
      text: as(of, sandbox),
    })),
    ...PREVIEWS.map(({ of, slug, number }) => ({
      of,
      in: slug,
      namespace: `${of}-pr-${number}`,
      name: `${of}-pr-${number}`,
      file: `${of}/pr-${number}.yaml`,
      text: as(of, preview.replaceAll('pr-0', `pr-${number}`).replaceAll('no-branch', slug)),
    })),
  ];
}

function as(name: Name, text: string): string {
  const all = text.split('---\n');
  // An application that is not the way in to previews has no route for what comes from the router: the set's README says so.
  const own = name === SERVICES[0] ? all : all.filter((one) => !/^  name: example-app-previews/m.test(one));
  return own.join('---\n').replaceAll('example-app', name);
}

export function objectsOf(all: readonly Instance[]): Objects {
  return together(
    all.map(({ text, file, namespace }) => {
      const objects = readObjects(text, file, namespace);
      if (!objects.ok) throw new Error(inLines(objects.failure)[0]);
      return objects.value;
    }),
  );
}
