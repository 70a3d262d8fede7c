/** Decides by which name a preview is reached, and so its address. */
import type { Config } from '../../schemas/config.ts';
import type { Known } from '../../schemas/known.ts';
import type { Preview } from '../../schemas/preview.ts';
import { shown } from '../words/https-url.ts';
import { LONGEST_LABEL } from '../words/label.ts';
import { ownerOf, type Repository } from '../words/repository.ts';

/** Argo CD's `branch_slug` of a branch. */
export type SlugOf = (branch: string) => string;

/** The preview with the name and the address that it has among the others. */
export function addressed(preview: Preview, known: Known): Preview {
  const { slug } = preview;
  const isAnothers = isReserved(slug, known) || isTaken(preview, known);
  const name = slug === '' || isAnothers ? ownName(preview.number, known.present) : slug;
  return { ...preview, name, url: urlOf(preview, name, known) ?? null };
}

/** Of a branch `main` there are pull requests every day, from forks: the router takes its name to the shared environment. */
export function isReserved(slug: string, { config }: Known): boolean {
  return config.previews.reserved.includes(slug);
}

/** Of two live previews with one slug the elder has it, whichever was heard of first. */
function isTaken({ number, slug, stage }: Preview, { previews }: Known): boolean {
  if (stage.kind !== 'live') return false;
  return [...previews.values()].some(
    (other) =>
      other.number !== number &&
      other.slug === slug &&
      other.stage.kind === 'live' &&
      (other.stage.since < stage.since || (other.stage.since === stage.since && other.number < number)),
  );
}

/** A name that every preview also answers to: `pr-<number>-<repository>`, a label with no two dashes in a row. */
export function ownName(number: number, repository: Repository): string {
  const words = repository.slice(ownerOf(repository).length + 1).match(/[a-z0-9]+/g) ?? [];
  return ['pr', number, ...words].join('-').slice(0, LONGEST_LABEL).replace(/-$/, '');
}

/** Every value stands for one label or segment, whatever it holds. */
function urlOf({ number }: Preview, name: string, { config, present }: Known): string | undefined {
  const { url }: Config['previews'] = config.previews;
  const values: Readonly<Record<string, string>> = {
    slug: name,
    number: String(number),
    owner: ownerOf(present),
    repo: present.slice(ownerOf(present).length + 1),
  };
  return shown(url?.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? '')));
}
