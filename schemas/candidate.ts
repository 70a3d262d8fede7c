/** A new image, as it came in: by whichever way, it is one of these. */
import * as z from 'zod';
import { Digest, ImageName, Tag } from '../src/words/image.ts';
import { Instant } from '../src/words/instant.ts';
import { Repository } from '../src/words/repository.ts';
import { Sha } from '../src/words/sha.ts';
import { Origin } from './promotion-rules.ts';

/** At least one of the two is there. */
export const Pin = z.object({ tag: Tag.optional(), digest: Digest.optional() });
export type Pin = z.infer<typeof Pin>;

export const Candidate = Pin.extend({
  /** Registry and path, without tag and digest: `ghcr.io/acme/shop`. */
  image: ImageName,
  /** Of which commit it was built, as far as the one who told of it says so. */
  source: z.object({ repository: Repository, sha: Sha }).optional(),
  origin: Origin,
  /** What GitHub Actions' token says of the run that published it. */
  run: z.object({ ref: z.string(), event: z.string(), workflow: z.string() }).optional(),
  /** For this environment alone; without it, for every target that pins the image. */
  environment: z.string().min(1).max(255).optional(),
  /** The file that Image Updater has written it in: it is for the targets that this file belongs to, where there are any. */
  path: z.string().optional(),
  /** When Hawser or the registry first had it; never what the image says of itself. */
  firstSeen: Instant,
});
export type Candidate = z.infer<typeof Candidate>;
