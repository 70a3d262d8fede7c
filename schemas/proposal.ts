/** An image for one target, with all that is known when the rules are asked. A person can write one by hand. */
import * as z from 'zod';
import { Digest, ImageName, Tag } from '../src/words/image.ts';
import { Moment } from '../src/words/instant.ts';
import { Repository } from '../src/words/repository.ts';
import { Sha } from '../src/words/sha.ts';
import { Origin } from './promotion-rules.ts';
import { Status } from './status.ts';

const Candidate = z
  .strictObject({
    environment: z.string().min(1).max(255),
    image: ImageName,
    tag: Tag.optional(),
    digest: Digest.optional(),
    source: z.strictObject({ repository: Repository, sha: Sha }).optional(),
    origin: Origin,
    /** What GitHub Actions says of the run: `ref`, `event_name`, `job_workflow_ref`. */
    run: z.strictObject({ ref: z.string(), event: z.string(), workflow: z.string() }).optional(),
    /** When Hawser or the registry first had it; never what the image says of itself. */
    firstSeen: Moment.optional(),
  })
  .refine(({ tag, digest }) => tag !== undefined || digest !== undefined, { error: 'one of tag, digest is required' });

/** How one commit stands to another, as GitHub compares them. */
export const Order = z.enum(['ahead', 'identical', 'behind', 'diverged', 'unknown']);
/** Conclusions by name. */
export const Checks = z.record(
  z.string(),
  z.enum(['pending', 'success', 'neutral', 'skipped', 'failure', 'cancelled', 'timed_out', 'action_required', 'stale']),
);
export type Checks = z.infer<typeof Checks>;
export const Approvals = z.array(z.strictObject({ login: z.string(), teams: z.array(z.string()).default([]) }));

const Facts = z.strictObject({
  /** Its source commit beside that of the present image. */
  order: Order.default('unknown'),
  /** Whether its source commit can be reached from the application's default branch; without it nobody could tell. */
  onDefaultBranch: z.boolean().optional(),
  fork: z.boolean().default(false),
  preview: z.boolean().default(false),
  /** Conclusions on the pull request's present head. */
  checks: Checks.default({}),
  /** On its present head. */
  approvals: Approvals.default([]),
  labels: z.array(z.string()).default([]),
  /** What the application's ledger says of other environments. */
  environments: z
    .record(z.string(), z.strictObject({ sha: Sha, state: Status.shape.state, since: Moment }))
    .default({}),
  /** When earlier promotions of this target were merged. */
  merged: z.array(Moment).default([]),
  /** The pull request with this very image that a person closed. */
  rejectedIn: z.int().positive().optional(),
  /** Who has changed the pinned image by hand since. */
  heldBy: z.string().optional(),
  /** Who has taken back that GitHub was to merge it by itself. */
  stoppedBy: z.string().optional(),
});

export const Proposal = z.strictObject({
  candidate: Candidate,
  /** What the target pins now; empty: nothing. */
  present: z.strictObject({ tag: Tag.optional(), digest: Digest.optional() }).prefault({}),
  facts: Facts.prefault({}),
});
export type Proposal = z.infer<typeof Proposal>;
