/** What the index of previews is told by ledgers, and tells the router. Its rows and values are parsed with these. */
import * as z from 'zod';
import { Instant } from '../src/words/instant.ts';
import { Repository } from '../src/words/repository.ts';

const State = z.enum([
  /** Nothing of it has been ready yet. An update of what was ready is none: that is there meanwhile. */
  'building',
  'ready',
  'failed',
  /** Argo CD has said nothing of it within the deadline: it may run, with nobody to tell. */
  'unheard',
  'gone',
]);

export const PreviewEntry = z.object({
  zone: z.string(),
  repository: Repository,
  number: z.int().positive(),
  /** All that it answers to: its slug, unless an elder preview has that, and `pr-<number>-<repository>`. */
  names: z.array(z.string()).min(1),
  state: State,
  /** The page of its application in Argo CD, where it may be looked at why it is not ready. */
  log: z.string().nullable(),
  /** Never the same for two of one preview: of two the later counts, in whichever order they arrive. */
  at: Instant,
});
export type PreviewEntry = z.infer<typeof PreviewEntry>;

/** What a name leads to, over all repositories. The links are https. */
export const NamedPreviews = z.array(
  z.object({
    repository: Repository,
    number: z.int().positive(),
    state: State,
    /** The pull request's page on GitHub; null: nobody knows where that is. */
    pull: z.string().nullable(),
    log: z.string().nullable(),
  }),
);
export type NamedPreviews = z.infer<typeof NamedPreviews>;
