/** One application and its ledger on the stage: what Argo CD says of it, what GitHub then shows, and what the ledger holds. */
import { reset } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { applicationSaying, rfc3339, s1, s2, T0, type Word } from '../../local/application.ts';
import type { LedgerView } from '../../schemas/ledger.ts';
import { Repository } from '../../src/words/repository.ts';
import { github, ledger, type Stage, stage } from './stage.ts';

export const REPOSITORY = Repository.parse('acme/shop');
export const HOUR = 3_600_000;
/** Paths on GitHub, for its faults. */
export const STATUSES = '/deployments/\\d+/statuses$';
export const DEPLOYMENTS = '/deployments$';
/** Manifests other than those of a word that does not say which. */
export const OTHERS = 'b'.repeat(40);

/** What a test does, in a file whose every test has a ledger of its own; commits `s1` and `s2` are real ones on GitHub. */
export function shop(config?: Readonly<Record<string, unknown>>) {
  const commits: string[] = [];
  let scene: Stage & { readonly startsAt: number };
  let before: number;

  beforeAll(async () => {
    for (const message of ['first', 'second']) commits.push(await github.commit({ repository: REPOSITORY, message }));
  });

  beforeEach(async () => {
    scene = await stage(REPOSITORY, config);
    before = (await github.deployments(REPOSITORY)).length;
    await github.clear();
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    await github.installation(1, {
      suspended: false,
      permissions: { deployments: 'write', contents: 'read', pull_requests: 'write' },
    });
    await reset();
  });

  /** Argo CD's notification, with the stage's times and commits; answered when it is committed. */
  function send(word: Word, generation: number, name = 'shop', instance = 'main'): Promise<Response> {
    return post(body(word, generation, name, instance), instance);
  }

  function body(word: Word, generation: number, name = 'shop', instance = 'main') {
    const shift = scene.startsAt - T0;
    const text = JSON.stringify(applicationSaying(name, word, generation))
      .replace(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"/g, (_, time: string) =>
        JSON.stringify(rfc3339((Date.parse(time) + shift - T0) / 1000)),
      )
      .replaceAll(s1, commits[0] ?? '')
      .replaceAll(s2, commits[1] ?? '');
    return { v: 1, instance, app: JSON.parse(text) };
  }

  function post(said: unknown, instance = 'main'): Promise<Response> {
    return scene.post(instance, said);
  }

  /** It is heard, and everything that is owed for it has been tried. */
  async function say(word: Word, generation: number, name?: string): Promise<void> {
    const answer = await send(word, generation, name);
    expect(answer.status).toBe(202);
    await drained();
  }

  function drained(): Promise<void> {
    return scene.drained();
  }

  /** An operator's question. */
  function api(path: string): Promise<Response> {
    return scene.api(path);
  }

  /** So much time passes, and every alarm rings that is due meanwhile. */
  function pass(milliseconds: number): Promise<void> {
    return scene.pass(Date.now() + milliseconds);
  }

  /** What GitHub shows of this test, oldest first. */
  async function deployments() {
    return (await github.deployments(REPOSITORY)).slice(before);
  }

  /** The statuses of each deployment that this test made, oldest first. */
  async function states(): Promise<readonly (readonly string[])[]> {
    return (await deployments()).map(({ statuses }) => statuses.map(({ state }) => state));
  }

  function replay(id: number | undefined): Promise<Response> {
    return scene.api(`/${REPOSITORY}/dead/${id}/replay`, { method: 'POST' });
  }

  return { send, body, post, say, drained, pass, api, deployments, states, replay };
}

/** What GitHub was asked for in the installation's name, refused or not. */
export async function calls(): Promise<readonly string[]> {
  const made = (await github.calls()).filter(({ path }) => /^\/repos\/.*(?<!\/installation)$/.test(path));
  return made.map(({ method, path }) => {
    if (path.endsWith('/statuses')) return `${method} status`;
    return path.endsWith('/deployments') ? `${method} deployment` : `${method} ${path}`;
  });
}

export async function view(): Promise<LedgerView> {
  return ledger(REPOSITORY).read();
}
