/** What a package or a release is to promotions: a new image for the deployment repository of the repository that it belongs to. */
import type * as z from 'zod';
import type { Candidate } from '../schemas/candidate.ts';
import type { Package, PackagePayload, ReleasePayload } from '../schemas/webhook-promotions.ts';
import { Digest, ImageName, imageOf, Tag } from '../src/words/image.ts';
import type { Repository } from '../src/words/repository.ts';
import { type Sha, shaIn } from '../src/words/sha.ts';
import { imageEvent } from './image-event.ts';
import { type Around, ignored, type Understood } from './understood.ts';

const REGISTRY = 'ghcr.io';

/** A push of an image for several platforms is told of once for each of them, and only the whole has a tag. */
export function understandPackage(payload: z.infer<typeof PackagePayload>, _id: string, around: Around): Understood {
  const { action, package: published, repository } = payload;
  const place = repository?.full_name;
  if (action !== 'published' && action !== 'updated') return ignored(`a package was ${action}`, place);
  if (published === undefined || !/^(container|docker)$/i.test(published.package_type)) {
    return ignored('a package that is no image', place);
  }
  if (place === undefined) return ignored('a package that is linked to no repository');
  const { version, container_metadata: told } = published.package_version ?? {};
  const tag = Tag.safeParse(told?.tag?.name).data;
  if (tag === undefined) return ignored('an image without a tag', place);
  const image = nameOf(published);
  if (image === undefined) return ignored('a package whose name is not that of an image', place);

  const digest = Digest.safeParse(version).data ?? Digest.safeParse(told?.tag?.digest).data;
  const sha = sourceOf(published, tag);
  return proposed(place, around, {
    image,
    tag,
    ...(digest === undefined ? {} : { digest }),
    ...(sha === undefined ? {} : { source: { repository: place, sha } }),
    origin: 'package',
    firstSeen: around.now,
  });
}

/**
 * A release names a repository and a tag. Its image is the one that is called as the repository; that there is one, nobody
 * has said yet. Nor does it say of which commit: `target_commitish` counts only where the tag was not there before.
 */
export function understandRelease(payload: z.infer<typeof ReleasePayload>, _id: string, around: Around): Understood {
  const { action, release, repository } = payload;
  const place = repository.full_name;
  if (action !== 'published') return ignored(`a release was ${action}`, place);
  if (release.draft || release.prerelease) return ignored('a release that is not final', place);
  const image = ImageName.safeParse(`${REGISTRY}/${place}`).data;
  const tag = Tag.safeParse(release.tag_name).data;
  if (image === undefined || tag === undefined) return ignored('a release whose name is not that of an image', place);
  return proposed(place, around, { image, tag, origin: 'release', firstSeen: around.now });
}

/** Most repositories have no deployment repository: no ledger is made for one that nobody has heard of. */
function proposed(source: Repository, around: Around, candidate: Candidate): Understood {
  const deployment = around.deploymentOf(source);
  if (deployment === undefined) return ignored('its name is too long for a deployment repository', source);
  const event = imageEvent(deployment.repository, candidate);
  const isWanted = deployment.isNamed || (candidate.origin === 'package' && around.hasUpdaters);
  return { kind: 'event', repository: deployment.repository, event, ...(isWanted ? {} : { onlyKnown: true }) };
}

/** `ghcr.io/Acme/shop:v1`, sometimes with nothing after the colon. */
function nameOf({ name, owner, package_version: version }: Package): string | undefined {
  const url = (version?.package_url ?? '').toLowerCase();
  const named = url.includes('/') ? imageOf(url).name : `${REGISTRY}/${owner?.login ?? ''}/${name}`.toLowerCase();
  return ImageName.safeParse(named).data;
}

/**
 * `target_oid` is a commit of the default branch, whatever the image was built from: it counts only where the tag is short
 * for it.
 */
function sourceOf({ package_version: version }: Package, tag: string): Sha | undefined {
  const revision = shaIn(version?.container_metadata?.labels?.revision ?? undefined);
  const target = shaIn(version?.target_oid ?? undefined);
  const abbreviation = /^(?:sha-)?([0-9a-f]{7,39})$/.exec(tag)?.[1];
  const isMeant = abbreviation !== undefined && target?.startsWith(abbreviation) === true;
  return shaIn(tag) ?? revision ?? (isMeant ? target : undefined);
}
