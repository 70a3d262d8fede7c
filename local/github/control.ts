/**
 * Holds the emulated GitHub's handles from afar: plain `fetch` and no Node, so that a test inside workerd can use it.
 *
 * | endpoint, under `/_emulator` | does |
 * |---|---|
 * | `GET /calls`, `DELETE /calls` | every request to the API, oldest first; forgets them, and the faults |
 * | `GET /deployments?repository=owner/name` | its deployments with their statuses, oldest first |
 * | `GET /deliveries` | every webhook delivery, oldest first |
 * | `POST /deliveries/:id/attempts` | repeats one, as a person does in the App's settings |
 * | `GET /complaints` | what the observer found wrong since it was asked last |
 * | `POST /faults`, `DELETE /faults` | adds a fault to the script (faults.ts has the kinds); clears the script |
 * | `POST /advance` `{ms}` | moves GitHub's clock forward |
 * | `POST /reset` | back to the seed; the clock stays |
 * | `POST /settled` | answers when every webhook delivery under way has ended |
 * | `POST /commits`, `POST /tags` | pushes a commit or a tag as a person would; `{sha}` |
 * | `POST /webhook` `{url?, secret?}` | where the App's webhook goes from now on |
 * | `POST /installations/:id` `{suspended?, permissions?}` | what its owner does to the installation |
 * | `POST /as/:login` `{method, path, body?}` | any call of GitHub's API in a person's name: pull requests, labels, merges, comments |
 *
 * A mistake in the order is answered with 400 and `{error}`. Faults, limits and the record do not touch these.
 */
import type { Fault } from './faults.ts';
import type { GitHubCall } from './github-call.ts';
import type { CommitOrder, InstallationChange, TagOrder } from './orders.ts';
import type { DeploymentView } from './plain-view.ts';
import type { Delivery } from './state.ts';

export type Control = {
  calls(): Promise<GitHubCall[]>;
  clear(): Promise<void>;
  deployments(repository: string): Promise<DeploymentView[]>;
  deliveries(): Promise<Delivery[]>;
  redeliver(id: number): Promise<void>;
  complaints(): Promise<string[]>;
  fault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  advance(ms: number): Promise<void>;
  reset(): Promise<void>;
  settled(): Promise<void>;
  commit(order: CommitOrder): Promise<string>;
  tag(order: TagOrder): Promise<string>;
  webhook(hook: { url?: string; secret?: string }): Promise<void>;
  installation(id: number, change: InstallationChange): Promise<void>;
  as(login: string): (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;
};

export function control(url: string): Control {
  async function ask<Answer>(method: string, path: string, order?: unknown): Promise<Answer> {
    const init =
      order === undefined ? {} : { body: JSON.stringify(order), headers: { 'content-type': 'application/json' } };
    const response = await fetch(new URL(`/_emulator${path}`, url), { method, ...init });
    if (!response.ok) throw new Error(`${method} /_emulator${path}: ${await response.text()}`);
    const text = await response.text();
    return JSON.parse(text === '' ? 'null' : text);
  }
  return {
    calls: () => ask('GET', '/calls'),
    clear: () => ask('DELETE', '/calls'),
    deployments: (repository) => ask('GET', `/deployments?repository=${encodeURIComponent(repository)}`),
    deliveries: () => ask('GET', '/deliveries'),
    redeliver: (id) => ask('POST', `/deliveries/${id}/attempts`),
    complaints: () => ask('GET', '/complaints'),
    fault: (fault) => ask('POST', '/faults', fault),
    clearFaults: () => ask('DELETE', '/faults'),
    advance: (ms) => ask('POST', '/advance', { ms }),
    reset: () => ask('POST', '/reset'),
    settled: () => ask('POST', '/settled'),
    commit: async (order) => (await ask<{ sha: string }>('POST', '/commits', order)).sha,
    tag: async (order) => (await ask<{ sha: string }>('POST', '/tags', order)).sha,
    webhook: (hook) => ask('POST', '/webhook', hook),
    installation: (id, change) => ask('POST', `/installations/${id}`, change),
    as: (login) => (method, path, body) => ask('POST', `/as/${encodeURIComponent(login)}`, { method, path, body }),
  };
}
