/** Says how a commit, a tag or a change of an installation is ordered; free of Node, for those who order from a Worker. */
import * as z from 'zod';

export const CommitOrder = z.strictObject({
  repository: z.string(),
  message: z.string().default('A change'),
  /** Absent: the default branch. One that is not there yet is made. */
  branch: z.string().optional(),
  /** What a new branch starts from: a branch, tag or SHA; absent: the default branch. */
  from: z.string().optional(),
  /** Path to content; null deletes. Absent: a file of the message's name. */
  files: z.record(z.string(), z.string().nullable()).default({}),
  /** Absent: the repository's owner. */
  as: z.string().optional(),
});
export type CommitOrder = z.input<typeof CommitOrder>;

export const TagOrder = z.strictObject({
  repository: z.string(),
  name: z.string(),
  /** A branch, tag or SHA; absent: the default branch. */
  ref: z.string().optional(),
  /** With a message the tag is annotated. */
  message: z.string().optional(),
  as: z.string().optional(),
});
export type TagOrder = z.input<typeof TagOrder>;

export const InstallationChange = z.strictObject({
  suspended: z.boolean().optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write', 'admin'])).optional(),
});
export type InstallationChange = z.infer<typeof InstallationChange>;
