/** Describes what the emulated GitHub holds before anybody calls it. */
import * as z from 'zod';

const Level = z.enum(['read', 'write', 'admin']);
const Permissions = z.record(z.string(), Level);
const Role = z.enum(['read', 'triage', 'write', 'maintain', 'admin']);

const Commit = z.strictObject({
  message: z.string().default('A change'),
  branch: z.string().optional(),
  /** The branch that a new branch starts from; the default branch, if it is not said. */
  from: z.string().optional(),
  /** Path to content; null deletes the file. */
  files: z.record(z.string(), z.string().nullable()).default({}),
  as: z.string().optional(),
  tags: z.array(z.strictObject({ name: z.string(), message: z.string().optional() })).default([]),
});

const Repository = z.strictObject({
  owner: z.string(),
  name: z.string(),
  private: z.boolean().default(true),
  defaultBranch: z.string().default('main'),
  /** Oldest first; none gives one initial commit with a README.md. */
  commits: z.array(Commit).default([]),
  /** Branch to the branch it starts from, after all commits. */
  branches: z.record(z.string(), z.string()).default({}),
  collaborators: z.record(z.string(), Role).default({}),
});

const Installation = z.strictObject({
  id: z.int().default(1),
  account: z.string(),
  /** Names without owner; absent: all of the account's. */
  repositories: z.array(z.string()).optional(),
  /** Absent: the App's. */
  permissions: Permissions.optional(),
  suspended: z.boolean().default(false),
});

export const GitHubSeed = z.strictObject({
  app: z.strictObject({
    id: z.int(),
    clientId: z.string().optional(),
    slug: z.string().default('hawser'),
    name: z.string().default('Hawser'),
    privateKey: z.string().regex(/^-----BEGIN (RSA )?PRIVATE KEY-----/, 'a PEM in PKCS#1 or PKCS#8'),
    permissions: Permissions.default({}),
    /** Events subscribed to; absent: all. */
    events: z.array(z.string()).optional(),
    webhookUrl: z.url().optional(),
    webhookSecret: z.string().optional(),
  }),
  accounts: z.array(
    z.strictObject({
      login: z.string(),
      type: z.enum(['Organization', 'User']),
      members: z
        .array(z.strictObject({ login: z.string(), role: z.enum(['admin', 'member']).default('member') }))
        .default([]),
    }),
  ),
  repositories: z.array(Repository),
  installations: z.array(Installation),
});

/** What a caller writes: everything with a default may be left out. */
export type GitHubSeed = z.input<typeof GitHubSeed>;
export type Seed = z.output<typeof GitHubSeed>;
export type CommitSeed = z.output<typeof Commit>;
export type Permissions = z.infer<typeof Permissions>;
