/** Tells the application's ledger what a merged promotion brings, so that it knows the commit of a tag or digest without a read. */
import type { Owed } from '../../schemas/effect.ts';
import type { Known } from '../../schemas/known.ts';
import type { Promotion } from '../../schemas/promotion.ts';
import { ownerOf } from '../words/repository.ts';

export function promotedOf(
  { environment, image, merged }: Promotion,
  { number, draft }: Promotion['merged'][number],
  { repository }: Known,
): readonly Owed[] {
  const { candidate, to, reverts } = draft;
  const undone = merged.find((each) => each.number === reverts)?.draft;
  const application = (candidate ?? undone?.candidate)?.source?.repository;
  const sha = candidate === null ? undone?.fromSha : candidate.source?.sha;
  // Another account's ledger is none of this one's business.
  if (application === undefined || sha == null || ownerOf(application) !== ownerOf(repository)) return [];
  const id = ['promoted', repository, number].join(' ');
  // A file may pin the tag alone: the digest, where it is known, is what Argo CD may report.
  const event = {
    kind: 'promoted',
    id,
    by: repository,
    environment,
    image,
    tag: to.tag ?? candidate?.tag,
    digest: to.digest ?? candidate?.digest,
    sha,
  } as const;
  return [{ lane: `tell promoted ${number}`, class: 3, effect: { kind: 'tell', to: application, event } }];
}
