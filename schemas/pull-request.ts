/** A pull request as GitHub tells of it, in webhooks and over REST: https://docs.github.com/rest/pulls/pulls */
import * as z from 'zod';
import { Instant, instantOf } from '../src/words/instant.ts';
import { Sha } from '../src/words/sha.ts';

/** One look at a pull request. Of two, the one with the later `updatedAt` counts, whatever came first. */
export const PullRequest = z.object({
  number: z.int().positive(),
  /** Argo CD's generator filters by it, so a change of it can change previews. */
  title: z.string(),
  open: z.boolean(),
  merged: z.boolean(),
  updatedAt: Instant,
  /** `repository` is GitHub's id; null: the fork is gone. */
  head: z.object({ sha: Sha, ref: z.string(), repository: z.number().nullable() }),
  base: z.object({ ref: z.string(), repository: z.number() }),
  labels: z.array(z.string()),
  /** How many comments it has; null: not told, as in lists. */
  comments: z.number().nullable(),
});
export type PullRequest = z.infer<typeof PullRequest>;

export const Moment = z.string().transform((text, context) => {
  const instant = instantOf(text);
  if (instant !== undefined) return instant;
  context.addIssue({ code: 'custom', message: 'is no time' });
  return z.NEVER;
});
const Side = z.object({ sha: Sha, ref: z.string(), repo: z.object({ id: z.number() }).nullish() });

/** GitHub's own shape, and what is made of it. */
export const GitHubPullRequest = z
  .object({
    number: z.int().positive(),
    title: z.string(),
    state: z.enum(['open', 'closed']),
    merged_at: z.string().nullish(),
    updated_at: Moment,
    head: Side,
    base: z.object({ ref: z.string(), repo: z.object({ id: z.number() }) }),
    labels: z.array(z.object({ name: z.string() })),
    comments: z.number().nullish(),
  })
  .transform(
    ({ number, title, state, merged_at, updated_at, head, base, labels, comments }): PullRequest => ({
      number,
      title,
      open: state === 'open',
      merged: typeof merged_at === 'string',
      updatedAt: updated_at,
      head: { sha: head.sha, ref: head.ref, repository: head.repo?.id ?? null },
      base: { ref: base.ref, repository: base.repo.id },
      labels: labels.map(({ name }) => name),
      comments: comments ?? null,
    }),
  );
