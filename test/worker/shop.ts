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
export function shop() {
  const commits: string[] = [];
  let scene: Stage & { readonly startsAt: number };
  let before: number;

  beforeAll(async () => {
    for (const message of ['first', 'second']) commits.push(await github.commit({ repository: REPOSITORY, message }));
  });

  beforeEach(async () => {
    scene = await stage(REPOSITORY);
    before = (await github.deployments(REPOSITORY)).length;
    await github.clear();
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    await github.installation(1, { permissions: { deployments: 'write', contents: 'read' } });
    await reset();
  });

  /** Argo CD's notification, with the stage's times and commits; answered when it is committed. */
  function send(word: Word, generation: number, name = 'shop'): Promise<Response> {
    const shift = scene.startsAt - T0;
    const text = JSON.stringify(applicationSaying(name, word, generation))
      .replace(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"/g, (_, time: string) =>
        JSON.stringify(rfc3339((Date.parse(time) + shift - T0) / 1000)),
      )
      .replaceAll(s1, commits[0] ?? '')
      .replaceAll(s2, commits[1] ?? '');
    return post({ v: 1, instance: 'main', app: JSON.parse(text) });
  }

  function post(body: unknown): Promise<Response> {
    return scene.post('main', body);
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

  /** So much time passes, and every alarm rings that is due meanwhile. */
  function pass(milliseconds: number): Promise<void> {
    return scene.pass(Date.now() + milliseconds);
  }

  /** The statuses of each deployment that this test made, oldest first. */
  async function states(): Promise<readonly (readonly string[])[]> {
    const deployments = await github.deployments(REPOSITORY);
    return deployments.slice(before).map(({ statuses }) => statuses.map(({ state }) => state));
  }

  function replay(id: number | undefined): Promise<Response> {
    return scene.api(`/${REPOSITORY}/dead/${id}/replay`, { method: 'POST' });
  }

  return { send, post, say, drained, pass, states, replay };
}

/** What GitHub was asked for in the installation's name. */
export async function calls(): Promise<readonly string[]> {
  const made = (await github.calls()).filter(({ role }) => role === 'installation');
  return made.map(({ method, path }) => {
    if (path.endsWith('/statuses')) return `${method} status`;
    return path.endsWith('/deployments') ? `${method} deployment` : `${method} ${path}`;
  });
}

export async function view(): Promise<LedgerView> {
  return ledger(REPOSITORY).read();
}
