/** What one repository's ledger tells another's, by effect and event. `id` makes it count once. */
import * as z from 'zod';
import { Digest, ImageName, Tag } from '../src/words/image.ts';
import { Instant } from '../src/words/instant.ts';
import { Repository } from '../src/words/repository.ts';
import { Sha } from '../src/words/sha.ts';
import { Status } from './status.ts';

/** A promotion waits for a commit in an environment of an application: it wants to be told of it, now and at each change. */
export const SubscribeEvent = z.object({
  kind: z.literal('subscribe'),
  id: z.string(),
  by: Repository,
  environment: z.string().min(1).max(255),
  sha: Sha,
});

/**
 * How a commit stands in an environment of an application: its newest deployment there. One that has succeeded and was
 * then replaced by another without failing is a `success` still, since it succeeded.
 */
export const EnvironmentEvent = z.object({
  kind: z.literal('environment'),
  id: z.string(),
  repository: Repository,
  environment: z.string(),
  sha: Sha,
  state: Status.shape.state,
  /** Since when it is in this state. */
  since: Instant,
  /** GitHub's id of it, where it has one by now. */
  deployment: z.number().nullable(),
});

/** A promotion was merged: a digest or tag in Argo CD's next report is this commit. */
export const PromotedEvent = z.object({
  kind: z.literal('promoted'),
  id: z.string(),
  /** The deployment repository that it was merged in, and the environment there. */
  by: Repository,
  environment: z.string(),
  image: ImageName,
  tag: Tag.optional(),
  digest: Digest.optional(),
  sha: Sha,
});

export const Told = z.discriminatedUnion('kind', [SubscribeEvent, EnvironmentEvent, PromotedEvent]);
export type Told = z.infer<typeof Told>;
export type SubscribeEvent = z.infer<typeof SubscribeEvent>;
export type EnvironmentEvent = z.infer<typeof EnvironmentEvent>;
export type PromotedEvent = z.infer<typeof PromotedEvent>;
