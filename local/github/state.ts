/** Holds what the front remembers beyond emulate: deployments, commit statuses, tokens, installations and deliveries. */
import * as z from 'zod';
import type { Seed } from './seed.ts';

const Status = z.object({
  id: z.number(),
  state: z.string(),
  description: z.string(),
  log_url: z.string(),
  environment_url: z.string(),
  environment: z.string(),
  creator: z.string(),
  viaApp: z.boolean(),
  created_at: z.string(),
});
export type Status = z.infer<typeof Status>;

const Deployment = z.object({
  id: z.number(),
  repository: z.number(),
  sha: z.string(),
  ref: z.string(),
  task: z.string(),
  environment: z.string(),
  payload: z.unknown(),
  description: z.string().nullable(),
  transient_environment: z.boolean(),
  production_environment: z.boolean(),
  creator: z.string(),
  viaApp: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
  statuses: z.array(Status),
});
export type Deployment = z.infer<typeof Deployment>;

const Environment = z.object({ id: z.number(), repository: z.number(), name: z.string(), created_at: z.string() });
export type Environment = z.infer<typeof Environment>;

const CommitStatus = z.object({
  id: z.number(),
  repository: z.number(),
  sha: z.string(),
  context: z.string(),
  state: z.string(),
  description: z.string().nullable(),
  target_url: z.string().nullable(),
  creator: z.string(),
  created_at: z.string(),
});
export type CommitStatus = z.infer<typeof CommitStatus>;

const Permissions = z.record(z.string(), z.enum(['read', 'write', 'admin']));

const Token = z.object({
  token: z.string(),
  installation: z.number(),
  expiresAt: z.number(),
  /** Absent: all that the installation reaches. */
  repositories: z.array(z.number()).optional(),
  permissions: Permissions,
});
export type Token = z.infer<typeof Token>;

const Installation = z.object({
  id: z.number(),
  account: z.string(),
  repositories: z.array(z.string()).optional(),
  permissions: Permissions,
  suspendedAt: z.string().nullable(),
});
export type Installation = z.infer<typeof Installation>;

const Delivery = z.object({
  id: z.number(),
  guid: z.string(),
  event: z.string(),
  action: z.string().nullable(),
  installation: z.number().nullable(),
  repository: z.number().nullable(),
  redelivery: z.boolean(),
  deliveredAt: z.number(),
  duration: z.number(),
  status: z.string(),
  status_code: z.number(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  payload: z.string(),
  answer: z.object({ headers: z.record(z.string(), z.string()), payload: z.string() }),
});
export type Delivery = z.infer<typeof Delivery>;

/** A merge that was left to GitHub. */
const Armed = z.object({
  repository: z.number(),
  number: z.number(),
  login: z.string(),
  installation: z.number().optional(),
  method: z.string(),
  isQueue: z.boolean(),
});
export type Armed = z.infer<typeof Armed>;

const Saved = z.object({
  next: z.number(),
  deployments: z.array(Deployment),
  environments: z.array(Environment),
  commitStatuses: z.array(CommitStatus),
  tokens: z.array(Token),
  installations: z.array(Installation),
  deliveries: z.array(Delivery),
  hook: z.object({ url: z.string().optional(), secret: z.string().optional() }),
  armed: z.array(Armed).default([]),
  /** Who has closed a pull request last. */
  closers: z.array(z.object({ repository: z.number(), number: z.number(), login: z.string() })).default([]),
  /** Repositories whose default branch has a merge queue. */
  queues: z.array(z.number()).default([]),
});
type Saved = z.infer<typeof Saved>;

export class State {
  next: number;
  readonly deployments: Map<number, Deployment>;
  environments: Environment[];
  readonly commitStatuses: CommitStatus[];
  readonly tokens: Map<string, Token>;
  readonly installations: Installation[];
  readonly deliveries: Delivery[];
  hook: { url?: string | undefined; secret?: string | undefined };
  readonly armed: Armed[];
  readonly closers: Saved['closers'];
  readonly queues: number[];

  constructor(saved: Saved) {
    this.next = saved.next;
    this.deployments = new Map(saved.deployments.map((deployment) => [deployment.id, deployment]));
    this.environments = saved.environments;
    this.commitStatuses = saved.commitStatuses;
    this.tokens = new Map(saved.tokens.map((token) => [token.token, token]));
    this.installations = saved.installations;
    this.deliveries = saved.deliveries;
    this.hook = saved.hook;
    this.armed = saved.armed;
    this.closers = saved.closers;
    this.queues = saved.queues;
  }

  id(): number {
    return this.next++;
  }

  toJSON(): Saved {
    return {
      next: this.next,
      deployments: [...this.deployments.values()],
      environments: this.environments,
      commitStatuses: this.commitStatuses,
      tokens: [...this.tokens.values()],
      installations: this.installations,
      deliveries: this.deliveries,
      hook: this.hook,
      armed: this.armed,
      closers: this.closers,
      queues: this.queues,
    };
  }
}

export function parseState(saved: unknown): State {
  return new State(Saved.parse(saved));
}

export function seededState(seed: Seed): State {
  return new State({
    // Nothing may rely on small numbers: GitHub's are in the billions.
    next: 1_000_000_001,
    deployments: [],
    environments: [],
    commitStatuses: [],
    tokens: [],
    installations: seed.installations.map((installation) => ({
      id: installation.id,
      account: installation.account,
      repositories: installation.repositories,
      permissions: { metadata: 'read', ...(installation.permissions ?? seed.app.permissions) },
      suspendedAt: installation.suspended ? '2026-01-01T00:00:00Z' : null,
    })),
    deliveries: [],
    hook: { url: seed.app.webhookUrl, secret: seed.app.webhookSecret },
    armed: [],
    closers: [],
    queues: [],
  });
}
