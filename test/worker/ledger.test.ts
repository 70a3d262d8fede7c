/** What a ledger promises, where things go wrong: once committed an event is applied, its effect happens once, or it is dead with its reason. */
import { createScheduledController, evictDurableObject, reset, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import worker from '../../functions/index.ts';
import { applicationSaying, rfc3339, s1, s2, T0, type Word } from '../deployments/argo.ts';
import { github, ledger, type Stage, stage } from './stage.ts';

const REPOSITORY = 'acme/shop';
const HOUR = 3_600_000;
const STATUSES = '/deployments/\\d+/statuses$';
const DEPLOYMENTS = '/deployments$';

let scene: Stage & { readonly startsAt: number };
let before: number;
const commits: string[] = [];

beforeAll(async () => {
  for (const message of ['first', 'second']) commits.push(await github.commit({ repository: REPOSITORY, message }));
});

beforeEach(async () => {
  scene = await stage(REPOSITORY);
  before = (await github.deployments(REPOSITORY)).length;
  await github.clear();
});

afterEach(async () => {
  vi.useRealTimers();
  await github.installation(1, { permissions: { deployments: 'write', contents: 'read' } });
  await reset();
});

describe('what a rollout costs', () => {
  it('is 1 create and 3 statuses for three visible states, and no read', async () => {
    await say({ op: 0, phase: 'Running', message: 'Sync operation blocked by sync window', sha: s1 }, 1);
    await say({ op: 0, phase: 'Running', sha: s1 }, 2);
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 3);

    expect(await states()).toEqual([['queued', 'in_progress', 'success']]);
    expect(await calls()).toEqual(['POST deployment', 'POST status', 'POST status', 'POST status']);
  });

  it('is 2 to 4 calls with the same end when all of it comes at once', async () => {
    await Promise.all([
      send({ op: 0, phase: 'Running', message: 'Sync operation blocked by sync window', sha: s1 }, 1),
      send({ op: 0, phase: 'Running', sha: s1 }, 2),
      send({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 3),
    ]);
    await scene.drained();

    const [shown] = await states();
    expect(shown?.at(-1)).toBe('success');
    const made = await calls();
    expect(made.length).toBeGreaterThanOrEqual(2);
    expect(made.length).toBeLessThanOrEqual(4);
    expect(made.every((call) => call.startsWith('POST'))).toBe(true);
  });

  it('is one call more for each deployment that it supersedes', async () => {
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    await github.clear();

    await say({ op: 60, phase: 'Succeeded', health: 'Healthy', sha: s2, manifests: 'b'.repeat(40) }, 2);

    expect(await calls()).toEqual(['POST deployment', 'POST status', 'POST status']);
    expect(await states()).toEqual([['success', 'inactive'], ['success']]);
  });

  it('is nothing for a duplicate, however often it comes', async () => {
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    await github.clear();

    const answers = await Promise.all(Array.from({ length: 20 }, () => send({ op: 0, phase: 'Running', sha: s1 }, 1)));
    await scene.drained();

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await calls()).toEqual([]);
  });

  it('is one effect where the same delivery comes a hundred times at once', async () => {
    await Promise.all(Array.from({ length: 100 }, () => send({ op: 0, phase: 'Running', sha: s1 }, 1)));
    await scene.drained();

    expect(await calls()).toEqual(['POST deployment', 'POST status']);
  });
});

describe('an uncertain end', () => {
  it('of a create is looked up before it is tried again: GitHub had acted, and nothing is made twice', async () => {
    await github.fault({ kind: 'act-then-drop', method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    expect(await states()).toEqual([[]]);

    await scene.pass(Date.now() + HOUR);

    expect(await states()).toEqual([['in_progress', 'error']]);
    expect((await calls()).filter((call) => call === 'POST deployment')).toHaveLength(1);
  });

  it('of a create is tried again where GitHub had not acted', async () => {
    await github.fault({ kind: 'drop', method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    expect(await states()).toEqual([]);

    await scene.pass(Date.now() + HOUR);

    expect(await states()).toEqual([['success']]);
  });

  it.each(['act-then-drop', 'drop', 'server-error'] as const)(
    'of a status (%s) ends in that status, once',
    async (kind) => {
      await github.fault({ kind, method: 'POST', path: STATUSES });
      await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);

      await scene.pass(Date.now() + HOUR);

      expect(await states()).toEqual([['success']]);
    },
  );

  it('leaves nothing made twice where the object was gone before it could remember what it had made', async () => {
    await github.fault({ kind: 'act-then-drop', method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    await evictDurableObject(ledger(REPOSITORY));

    await scene.pass(Date.now() + HOUR);

    expect(await states()).toEqual([['success']]);
  });
});

describe('while GitHub does not take writes', () => {
  it('only the newest state is written afterwards', async () => {
    await github.fault({ kind: 'down' });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    await say({ op: 0, phase: 'Succeeded', health: 'Degraded', sha: s1 }, 2);
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 3);
    await github.clearFaults();

    await scene.pass(Date.now() + HOUR);

    expect(await states()).toEqual([['success']]);
  });

  it('a rollout that is over before GitHub heard of it is never shown', async () => {
    await github.fault({ kind: 'secondary-limit', retryAfter: 120, method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    await say({ op: 60, phase: 'Succeeded', health: 'Healthy', sha: s2, manifests: 'b'.repeat(40) }, 2);

    await scene.pass(Date.now() + 121_000);

    expect(await states()).toEqual([['success']]);
  });

  it('a limit with Retry-After is obeyed to the second, by the whole installation', async () => {
    await github.fault({ kind: 'too-many-requests', retryAfter: 90, method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    const refused = (await calls()).length;

    await scene.pass(Date.now() + 85_000);
    expect(await calls()).toHaveLength(refused);
    await scene.pass(Date.now() + 10_000);

    expect(await states()).toEqual([['success']]);
  });
});

describe('a dead letter', () => {
  it('tells its reason, and is owed again when a person asks for it, once', async () => {
    await github.fault({
      kind: 'refuse',
      status: 422,
      message: 'Validation Failed',
      method: 'POST',
      path: DEPLOYMENTS,
    });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 2);
    const [dead] = (await view()).outbox.dead;
    expect(dead?.reason?.message).toContain('Validation Failed');

    const first = await replay(dead?.id);
    await scene.drained();
    const second = await replay(dead?.id);

    expect([first.status, second.status]).toEqual([202, 404]);
    expect(await states()).toEqual([['success']]);
    expect((await view()).outbox).toEqual({ pending: [], dead: [] });
  });

  it('is ignored when present knowledge wants nothing of its lane any more', async () => {
    await github.fault({
      kind: 'refuse',
      status: 422,
      message: 'Validation Failed',
      method: 'POST',
      path: DEPLOYMENTS,
    });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);
    const [dead] = (await view()).outbox.dead;
    await say({ op: 60, phase: 'Succeeded', health: 'Healthy', sha: s2, manifests: 'b'.repeat(40) }, 2);

    const answer = await replay(dead?.id);

    expect([answer.status, await answer.json()]).toEqual([200, { ignored: 'nothing is wanted any more' }]);
    expect(await states()).toEqual([['success']]);
  });

  it('is what an effect becomes that could not be done for a day, and not before', async () => {
    await github.installation(1, { permissions: { contents: 'read' } });
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);

    await scene.pass(Date.now() + 23 * HOUR);
    expect((await view()).outbox).toMatchObject({ pending: [{ effect: { kind: 'create-deployment' } }], dead: [] });
    await scene.pass(Date.now() + 2 * HOUR);

    const { pending, dead } = (await view()).outbox;
    expect(pending).toEqual([]);
    expect(dead).toHaveLength(1);
    await github.installation(1, { permissions: { deployments: 'write', contents: 'read' } });
    await replay(dead[0]?.id);
    await scene.pass(Date.now() + HOUR);
    expect(await states()).toEqual([['success']]);
  });

  it('does not hold up what is owed for another deployment', async () => {
    await github.fault({
      kind: 'refuse',
      status: 422,
      message: 'Validation Failed',
      method: 'POST',
      path: DEPLOYMENTS,
    });
    await say({ op: 0, phase: 'Running', sha: s1 }, 1);

    await say(
      { op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1, environment: 'sandbox', uid: 'another' },
      1,
      'sandbox',
    );

    expect(await states()).toEqual([['success']]);
    expect((await view()).outbox.dead).toHaveLength(1);
  });
});

describe('a ledger that is taken out of memory', () => {
  it('goes on where it stood: what settles, settles', async () => {
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', healthAt: -100, sha: s1 }, 1);
    await evictDurableObject(ledger(REPOSITORY));

    await scene.pass(Date.now() + 60_000);

    expect(await states()).toEqual([['in_progress', 'success']]);
  });

  it('is woken by the cron tick when its alarm was lost', async () => {
    await github.fault({ kind: 'drop', method: 'POST', path: DEPLOYMENTS });
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    await runInDurableObject(ledger(REPOSITORY), (_, state) => state.storage.deleteAlarm());
    await evictDurableObject(ledger(REPOSITORY));
    vi.setSystemTime(Date.now() + 10 * 60_000);
    await github.advance(10 * 60_000);

    await worker.scheduled(createScheduledController(), env);
    await expect.poll(states).toEqual([['success']]);
  });
});

describe('what a ledger keeps', () => {
  it('is bounded: deliveries for a week, what is over for 90 days', async () => {
    await say({ op: 0, phase: 'Succeeded', health: 'Healthy', sha: s1 }, 1);
    await say({ op: 60, phase: 'Succeeded', health: 'Healthy', sha: s2, manifests: 'b'.repeat(40) }, 2);
    expect(await rows()).toEqual({ deliveries: 2, rollouts: 2, applications: 1, effects: 0 });

    await scene.pass(Date.now() + 8 * 24 * HOUR);
    await scene.drained();
    expect(await rows()).toEqual({ deliveries: 0, rollouts: 2, applications: 1, effects: 0 });
    await scene.pass(Date.now() + 91 * 24 * HOUR);
    await scene.drained();

    expect(await rows()).toEqual({ deliveries: 0, rollouts: 1, applications: 1, effects: 0 });
  });
});

function send(word: Word, generation: number, name = 'shop'): Promise<Response> {
  const shift = scene.startsAt - T0;
  const text = JSON.stringify(applicationSaying(name, word, generation))
    .replace(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"/g, (_, time: string) =>
      JSON.stringify(rfc3339((Date.parse(time) + shift - T0) / 1000)),
    )
    .replaceAll(s1, commits[0] ?? '')
    .replaceAll(s2, commits[1] ?? '');
  return scene.post('main', { v: 1, instance: 'main', app: JSON.parse(text) });
}

async function say(word: Word, generation: number, name?: string): Promise<void> {
  const answer = await send(word, generation, name);
  expect(answer.status).toBe(202);
  await scene.drained();
}

/** The statuses of each deployment that this test made, oldest first. */
async function states(): Promise<readonly (readonly string[])[]> {
  const deployments = await github.deployments(REPOSITORY);
  return deployments.slice(before).map(({ statuses }) => statuses.map(({ state }) => state));
}

async function calls(): Promise<readonly string[]> {
  const made = (await github.calls()).filter(({ role }) => role === 'installation');
  return made.map(({ method, path }) => {
    if (path.endsWith('/statuses')) return `${method} status`;
    return path.endsWith('/deployments') ? `${method} deployment` : `${method} ${path}`;
  });
}

function replay(id: number | undefined): Promise<Response> {
  return scene.api(`/${REPOSITORY}/dead/${id}/replay`, { method: 'POST' });
}

function view() {
  return ledger(REPOSITORY).read();
}

async function rows(): Promise<Readonly<Record<string, unknown>>> {
  return runInDurableObject(ledger(REPOSITORY), (_, { storage }) =>
    Object.fromEntries(
      ['deliveries', 'rollouts', 'applications', 'effects'].map((table) => [
        table,
        storage.sql.exec(`SELECT count(*) AS count FROM ${table}`).one()['count'],
      ]),
    ),
  );
}
