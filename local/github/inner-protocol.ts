/** Names what the front and emulate's thread say to each other, and the parts of emulate that the thread reaches into. */
import * as z from 'zod';

export const InnerOptions = z.object({ baseUrl: z.string(), now: z.number(), seed: z.record(z.string(), z.unknown()) });
export type InnerOptions = z.infer<typeof InnerOptions>;

const Actor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('nobody') }),
  z.object({ kind: z.literal('person'), login: z.string() }),
  /** Of an account's installation, or of one it might have: the front has refused what the caller may not do. */
  z.object({ kind: z.literal('installation'), account: z.string() }),
]);
export type Actor = z.infer<typeof Actor>;

const InnerCall = z.object({
  method: z.string(),
  path: z.string(),
  body: z.string().optional(),
  accept: z.string().optional(),
  actor: Actor,
});
export type InnerCall = z.infer<typeof InnerCall>;

const head = { id: z.number(), now: z.number() };
export const InnerRequest = z.discriminatedUnion('op', [
  InnerCall.extend({ ...head, op: z.literal('call') }),
  z.object({
    ...head,
    op: z.literal('merged'),
    repository: z.string(),
    number: z.number(),
    sha: z.string(),
    by: z.string(),
  }),
  z.object({ ...head, op: z.literal('role'), repository: z.string(), login: z.string() }),
  z.object({ ...head, op: z.literal('collaborate'), repository: z.string(), login: z.string(), role: z.string() }),
  z.object({ ...head, op: z.literal('snapshot') }),
  z.object({ ...head, op: z.literal('restore'), snapshot: z.string() }),
  z.object({ ...head, op: z.literal('repositories') }),
]);

export const InnerEvent = z.object({
  event: z.string(),
  action: z.string().nullable(),
  payload: z.record(z.string(), z.unknown()),
  repository: z.string(),
});
export type InnerEvent = z.infer<typeof InnerEvent>;

export const InnerResponse = z.object({
  status: z.number(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.instanceof(Uint8Array),
  events: z.array(InnerEvent),
});
export type InnerResponse = z.infer<typeof InnerResponse>;

export const InnerRepository = z.object({
  id: z.number(),
  node_id: z.string(),
  full_name: z.string(),
  private: z.boolean(),
  default_branch: z.string(),
});
export type InnerRepository = z.infer<typeof InnerRepository>;

type Row<Fields> = Fields & { id: number };
type Collection<Fields> = {
  get(id: number): Row<Fields> | undefined;
  all(): Row<Fields>[];
  findBy(field: string, value: unknown): Row<Fields>[];
  findOneBy(field: string, value: unknown): Row<Fields> | undefined;
  insert(row: Record<string, unknown>): Row<Fields>;
  delete(id: number): boolean;
  update(id: number, patch: Record<string, unknown>): Row<Fields> | undefined;
};
type Pull = {
  repo_id: number;
  number: number;
  state: string;
  head_ref: string;
  head_sha: string;
  head_repo_id: number;
  base_ref: string;
  base_sha: string;
  base_repo_id: number;
};
export type Tables = {
  users: Collection<{ login: string; type: string }>;
  repos: Collection<
    z.infer<typeof InnerRepository> & { owner_id: number; owner_type: string; forked_from_id: number | null }
  >;
  teams: Collection<{ slug: string }>;
  teamMembers: Collection<{ user_id: number; role: string }>;
  collaborators: Collection<{ user_id: number; permission: string }>;
  refs: Collection<{ ref: string; sha: string }>;
  branches: Collection<{ name: string; sha: string }>;
  commits: Collection<{ sha: string }>;
  trees: Collection<{ sha: string }>;
  blobs: Collection<{ sha: string }>;
  tags: Collection<{ sha: string }>;
  issues: Collection<{ number: number }>;
  pullRequests: Collection<Pull>;
  orgs: Collection<{ login: string }>;
  apps: Collection<{ app_id: number }>;
};
type Store = { snapshot(): unknown; restore(snapshot: unknown): void };
type Webhooks = {
  dispatch(
    event: string,
    action: string | undefined,
    payload: Record<string, unknown>,
    owner: string,
    repo?: string,
  ): Promise<void>;
};
type App = { fetch(request: Request): Promise<Response> };
type Register = (app: App, store: Store, webhooks: Webhooks, baseUrl: string, tokens: Map<string, unknown>) => void;

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

export const Emulate = z.object({
  getGitHubStore: z.custom<(store: Store) => Tables>(isFunction),
  githubPlugin: z.custom<{ register: Register }>(
    (plugin) => typeof plugin === 'object' && plugin !== null && 'register' in plugin,
  ),
});
export type Emulate = z.infer<typeof Emulate>;
