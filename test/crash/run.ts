/** Plays a scenario, lets the process be gone at one step, starts it again on the same state, and says what is wrong in the end. */
import { rfc3339, s1, s2, s3, T0 } from '../../local/application.ts';
import type { Control } from '../../local/github/control.ts';
import type { Application } from '../../schemas/notification.ts';
import { teller } from '../deployments/play.ts';
import type { Step } from '../deployments/story.ts';
import type { CrashPoint } from './crash-point.ts';
import { type Api, faultsIn } from './invariants.ts';
import { promotionsOf } from './promotions.ts';
import { pullRequests } from './pull-requests.ts';
import type { Scenario } from './scenario.ts';

/** An answer that has left may still be on its way when its sender is gone. */
const GRACE = 10;
const LOOK = 1;

/** What is sent to a door; the site knows what opens it. */
export type Sending =
  | { readonly door: '/argocd/notifications'; readonly instance: string; readonly body: unknown }
  | { readonly door: '/images'; readonly body: unknown }
  | { readonly door: '/github/webhooks'; readonly event: string; readonly delivery: string; readonly body: unknown };

/** Where Hawser runs, and how it is crashed there: its calls and commits are the steps of the crash point. */
export type Site = {
  readonly github: Control;
  readonly repository: string;
  /** The instant that is the story's second 0. */
  readonly startsAt: number;
  readonly send: (sending: Sending) => Promise<{ readonly status: number; readonly text: string }>;
  /** What is owed has been done, and the story's clock stands at this second. */
  readonly until: (second: number) => Promise<void>;
  /** Everything has been done that will ever be. */
  readonly end: () => Promise<void>;
  readonly api: () => Promise<Api>;
  /** Ends what is left of the crashed process. */
  readonly kill: () => Promise<void>;
  /** Starts another on the same state, which may act at once. */
  readonly start: () => Promise<void>;
};

export async function run(scenario: Scenario, site: Site, crash: CrashPoint): Promise<readonly string[]> {
  const { github, repository } = site;
  const commits = await pushCommits(scenario, site);
  const pulls = pullRequests(site, commits);
  const promotions = promotionsOf(site);
  if (scenario.story.some(({ kind }) => kind === 'publishes')) await promotions.lay();
  const before = (await github.deployments(repository)).length;
  const tell = teller();
  let second = 0;
  for (const [index, step] of scenario.story.entries()) {
    if (step.kind === 'tag') {
      await moveTag(step.name, commits.get(step.sha) ?? step.sha);
      continue;
    }
    const { at } = step;
    if (at !== undefined) await passed(() => site.until(at));
    second = at ?? second;
    if (step.kind === 'says') await deliver(notification(step), index);
    if (step.kind === 'pull') await deliver(await delivery(step, index), index);
    if (step.kind === 'publishes') {
      await deliver({ door: '/images', body: promotions.image(step.tag, commits.get(s1) ?? s1) }, index);
    }
  }
  await passed(site.end);

  const deployments = (await github.deployments(repository)).slice(before);
  const name = (text: string) => inTheStory(text, commits);
  const comments = await pulls.comments();
  return faultsIn(scenario, {
    deployments,
    comments,
    promotions: await promotions.shown(),
    api: await site.api(),
    name,
  });

  async function moveTag(name: string, ref: string): Promise<void> {
    await github.as('octo')('DELETE', `/repos/${repository}/git/refs/tags/${name}`);
    await github.tag({ repository, name, ref });
  }

  function notification(step: Extract<Step, { kind: 'says' }>): Sending {
    const { instance, app } = tell(step);
    const told = { ...app, metadata: { ...app.metadata, annotations: annotated(app) } };
    const body = { v: 1, instance, app: inThisRun(told, site.startsAt, commits) };
    return { door: '/argocd/notifications', instance, body };
  }

  function annotated({ metadata: { annotations } }: Application): Application['metadata']['annotations'] {
    const pr = annotations['github.com/pr'];
    return pr === undefined ? annotations : { ...annotations, 'github.com/pr': pulls.numberOf(pr) };
  }

  /** Its id stays the same when GitHub sends it again. */
  async function delivery({ look }: Extract<Step, { kind: 'pull' }>, index: number): Promise<Sending> {
    const body = await pulls.change(look, second);
    return { door: '/github/webhooks', event: 'pull_request', delivery: `${site.startsAt}-${index}`, body };
  }

  /** Sends until it is acknowledged, as Argo CD does, and as GitHub is asked to; and not once more. */
  async function deliver(sending: Sending, index: number): Promise<void> {
    await attended(async () => {
      const { status, text } = await site.send(sending);
      if (status >= 300 && !crash.isDown) throw new Error(`the door answers ${status}: ${text}`);
      // The answer has left, and does not arrive.
      if (crash.step(`the answer to step ${index}`)) throw new Error('the answer is lost');
      // The answer has arrived, and nothing else.
      crash.step(`step ${index}, acknowledged`);
    });
  }

  /** What went on without the process counts for nothing. */
  function passed(waiting: () => Promise<void>): Promise<void> {
    return attended(async () => {
      await waiting();
      if (crash.isDown) throw new Error('the process is gone');
    });
  }

  /** Does it to its end; where the process went meanwhile, once more after the restart. */
  async function attended(doing: () => Promise<void>): Promise<void> {
    for (;;) {
      let isOver = false;
      const done = doing()
        .then(
          () => ({ kind: 'done' }) as const,
          (error: unknown) => ({ kind: 'failed', error }) as const,
        )
        .finally(() => {
          isOver = true;
        });
      const end = await Promise.race([done, gone(crash, () => isOver)]);
      const crashed = crash.isDown;
      if (crashed) {
        await site.kill();
        crash.recover();
        await site.start();
      }
      if (end?.kind === 'done') return;
      if (!crashed) throw end?.error;
    }
  }
}

/** Looks again and again: what the crashed object itself would tell, it would tell in a turn that is aborted with it. */
async function gone(crash: CrashPoint, isOver: () => boolean): Promise<undefined> {
  while (!crash.isDown && !isOver()) await wait(LOOK);
  await wait(GRACE);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Each run has commits of its own, so that nothing of another run is found for its. Those of a pull request come with it. */
async function pushCommits({ story }: Scenario, { github, repository }: Site): Promise<Map<string, string>> {
  const heads = story.flatMap((step) => (step.kind === 'pull' ? [step.look.sha] : []));
  const commits = new Map<string, string>();
  for (const sha of [s1, s2, s3].filter((each) => !heads.includes(each))) {
    commits.set(sha, await github.commit({ repository, message: `commit ${sha.charAt(0)}` }));
  }
  return commits;
}

function inThisRun(app: unknown, startsAt: number, commits: ReadonlyMap<string, string>): unknown {
  const text = JSON.stringify(app).replace(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"/g, (_, time: string) =>
    JSON.stringify(rfc3339((Date.parse(time) - T0 + startsAt - T0) / 1000)),
  );
  return JSON.parse([...commits].reduce((changed, [own, real]) => changed.replaceAll(own, real), text));
}

function inTheStory(text: string, commits: ReadonlyMap<string, string>): string {
  return [...commits].reduce(
    (changed, [own, real]) =>
      changed.replaceAll(real, `s${own.charAt(0)}`).replaceAll(real.slice(0, 7), own.slice(0, 7)),
    text,
  );
}
