/** Finds the commit of the application's own repository that an operation deploys. Argo CD's revisions are the manifests'. */
import type { KnownTag } from '../../schemas/known.ts';
import type { Application } from '../../schemas/notification.ts';
import { type Image, imageOf } from '../words/image.ts';
import { type Sha, shaIn } from '../words/sha.ts';
import type { Operation } from './operation.ts';
import { ownImages } from './own-images.ts';

export type AppSha =
  | { readonly kind: 'known'; readonly sha: Sha }
  /** Git must be asked for these tags first. */
  | { readonly kind: 'lookup'; readonly tags: readonly TagLookup[] }
  | { readonly kind: 'unknown'; readonly seen: readonly string[]; readonly mend: string };

export type TagLookup = {
  readonly image: string;
  readonly tag: string;
  readonly references: readonly string[];
  /** The `startedAt` of the operation that asks. */
  readonly askedAt: string;
};

/** Sources in their order of trust; the first that says anything decides, and one that contradicts itself ends the search. */
export function appSha(app: Application, operation: Operation, tags: readonly KnownTag[]): AppSha {
  const { annotations } = app.metadata;
  const repository = `${annotations['github.com/owner']}/${annotations['github.com/repo']}`.toLowerCase();
  const summary = app.status?.summary?.images ?? [];
  const told = (images: readonly string[]) =>
    shaOf(images, repository, annotations['github.com/image'], tags, operation.startedAt);

  const applied = told(operation.appliedImages);
  if (applied.kind !== 'unknown' || applied.contradicts) return applied;

  const requested = told(operation.requestedImages);
  if (requested.kind !== 'unknown' || requested.contradicts) return requested;

  const annotated = annotations['github.com/sha'];
  if (annotated !== undefined) return { kind: 'known', sha: annotated };

  // Before that, live pods may be the former release's.
  if (operation.phase === 'Succeeded' && app.status?.health?.status === 'Healthy') return told(summary);
  const seen = [...new Set([...operation.appliedImages, ...operation.requestedImages, ...summary])].slice(0, 20);
  return { kind: 'unknown', seen, mend: NOTHING_SEEN };
}

/** An application with more own images than this is answered in several turns. */
const LOOKUPS = 10;

const NOTHING_SEEN =
  'No image tells the commit. Tag images with the full commit SHA or a Git tag, name them in the annotation github.com/image, or set github.com/sha.';
const TWO_SHAS =
  "The application's images come from different commits. Name those that count in the annotation github.com/image.";

function shaOf(
  texts: readonly string[],
  repository: string,
  patterns: string | undefined,
  tags: readonly KnownTag[],
  askedAt: string,
): AppSha & { readonly contradicts?: boolean } {
  const images = texts.map(imageOf);
  const own = ownImages(images, repository, patterns);
  const tagged = own.length > 0 ? own : patterns === undefined ? images.filter((image) => shaIn(image.tag)) : [];

  const answers = tagged.map((image) => commitOf(image, tags, askedAt));
  const lookups = answers.flatMap((answer) => (answer.kind === 'lookup' ? answer.tags : []));
  if (lookups.length > 0) return { kind: 'lookup', tags: lookups.slice(0, LOOKUPS) };

  const [sha, ...others] = new Set(answers.flatMap((answer) => (answer.kind === 'known' ? [answer.sha] : [])));
  const seen = [...new Set(texts)].slice(0, 20);
  if (sha === undefined) return { kind: 'unknown', seen, mend: NOTHING_SEEN };
  return others.length === 0 ? { kind: 'known', sha } : { kind: 'unknown', seen, mend: TWO_SHAS, contradicts: true };
}

function commitOf(image: Image, tags: readonly KnownTag[], askedAt: string): AppSha {
  const sha = shaIn(image.tag);
  if (sha !== undefined) return { kind: 'known', sha };

  // A digest first: it can't be moved, a tag can.
  const references = [
    ...(image.digest === undefined ? [] : [`@${image.digest}`]),
    ...(image.tag === undefined ? [] : [`:${image.tag}`]),
  ];
  const known = references.flatMap((reference) =>
    tags.filter((tag) => tag.image === image.name && tag.reference === reference),
  );
  const found = known.find((tag) => tag.sha !== null)?.sha;
  if (found) return { kind: 'known', sha: found };
  // Git lacked the tag when this operation asked; the next one asks again, since a tag may be pushed after its image.
  const asked = image.tag === undefined || known.some((tag) => tag.askedAt >= askedAt);
  if (asked || image.tag === undefined) return { kind: 'unknown', seen: [], mend: NOTHING_SEEN };
  return { kind: 'lookup', tags: [{ image: image.name, tag: image.tag, references, askedAt }] };
}
