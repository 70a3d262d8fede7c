/** Image v1: what a publisher says of a new image. */
import * as z from 'zod';
import { Digest, ImageName, Tag } from '../src/words/image.ts';
import { Repository } from '../src/words/repository.ts';
import { Sha } from '../src/words/sha.ts';

export const Image = z
  .object({
    v: z.literal(1),
    /** Registry and path, without tag and digest. */
    image: ImageName,
    tag: Tag.optional(),
    digest: Digest.optional(),
    /** What it was built from. GitHub Actions' token tells both by itself. */
    source: z.object({ repository: Repository.optional(), sha: Sha.optional() }).optional(),
    deployment: Repository.optional(),
    environment: z.string().min(1).max(255).optional(),
  })
  .refine(({ tag, digest }) => tag !== undefined || digest !== undefined, {
    path: ['tag'],
    error: 'one of tag, digest is required',
  });
export type Image = z.infer<typeof Image>;
