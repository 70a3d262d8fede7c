/** Names what a test or the local stack can do with a running GitHub, beside calling its API. */
import type { Calls } from './calls.ts';
import { deploymentsOf } from './deployments.ts';
import type { Fault } from './faults.ts';
import type { GitHubCall } from './github-call.ts';
import { changeInstallation } from './installations.ts';
import type { CommitOrder, InstallationChange, TagOrder } from './orders.ts';
import { callAs, commit, readRepository, tag } from './people.ts';
import { type DeploymentView, plainView } from './plain-view.ts';
import type { Delivery } from './state.ts';
import type { Webhooks } from './webhooks.ts';
import type { Routes, World } from './world.ts';

export interface GitHub {
  readonly url: string;
  /** Oldest first; what people do through `as`, `commit` and `tag` is not among them. */
  readonly calls: readonly GitHubCall[];
  /** Oldest first. */
  deployments(repository: string): readonly DeploymentView[];
  /** Oldest first. */
  deliveries(): readonly Delivery[];
  /** Repeats a delivery, as a person does in the App's settings. */
  redeliver(id: number): void;
  /** Pushes a commit; its SHA. */
  commit(order: CommitOrder): Promise<string>;
  /** Pushes a tag; the tagged commit's SHA. */
  tag(order: TagOrder): Promise<string>;
  /** Any call of the REST API in a person's name. */
  as(login: string): (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;
  /** Where the App's webhook goes from now on; without a URL, nowhere. */
  webhook(hook: { url?: string; secret?: string }): void;
  /** Suspends or resumes an installation, or changes what it may do. */
  installation(id: number, change: InstallationChange): void;
  fault(fault: Fault): void;
  clearFaults(): void;
  advance(ms: number): void;
  /** What the observer found wrong since it was asked last. */
  complaints(): readonly string[];
  /** Until every webhook delivery under way has ended. */
  settled(): Promise<void>;
  /** Forgets calls and faults, and keeps the rest. */
  clear(): void;
  /** Back to the seed; the clock stays. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

type Parts = { world: World; routes: Routes; calls: Calls; webhooks: Webhooks };

export function handlesOf({ world, routes, calls, webhooks }: Parts): Omit<GitHub, 'complaints' | 'reset' | 'close'> {
  return {
    url: world.url,
    calls: calls.made,
    deployments: (repository) => deploymentsOf(world, readRepository(world, repository)).map(plainView),
    deliveries: () => world.state.deliveries,
    redeliver(id) {
      if (!webhooks.redeliver(id)) throw new Error(`no delivery ${id}`);
    },
    commit: (order) => commit(world, order),
    tag: (order) => tag(world, order),
    as: (login) => (method, path, body) => callAs(world, routes, login, method, path, body),
    webhook(hook) {
      world.state.hook = hook;
      world.changed();
    },
    installation: (id, change) => changeInstallation(world, id, change),
    fault: (fault) => calls.faults.add(fault),
    clearFaults: () => calls.faults.clear(),
    advance(ms) {
      world.clock.advance(ms);
      world.changed();
    },
    settled: () => webhooks.settled(),
    clear: () => calls.clear(),
  };
}
