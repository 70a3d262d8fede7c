/** Plays the story through the local stack over real HTTP, and tells what happens as it happens. */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { applicationSaying, T0, type Word } from './application.ts';
import type { GitHubCall } from './github/start-github.ts';
import { inWords } from './in-words.ts';
import { DEPLOYMENT_REPOSITORY, REPOSITORY, type Stack } from './stack.ts';
import type { Beat, Scene } from './story.ts';

export type Line = {
  /** Milliseconds since the story began. */
  readonly at: number;
  readonly who: 'people' | 'Argo CD' | 'Hawser';
  readonly what: string;
  /** How it ended: an answer's code and word, or a deployment's state. */
  readonly result: string;
};

const Pending = z.object({
  effect: z.object({ kind: z.string() }),
  dueAt: z.iso.datetime().transform(Date.parse).nullable(),
});
const Owes = z.object({ outbox: z.object({ pending: z.array(Pending), dead: z.array(z.unknown()) }) });
const Answer = z.object({
  duplicate: z.boolean().optional(),
  ignored: z.string().optional(),
  error: z.string().optional(),
});
const Merged = z.object({ sha: z.string() });

/** How long Hawser may take to do what it owes before the story is given up. */
const PATIENCE = 15_000;
const TURN = 20;
const SOON = 1000;
/** What is owed no sooner is left for later: a comment gathers what it tells, and a merge waits for its time. */
const PATIENT: ReadonlySet<string> = new Set(['write-comment', 'read-gates']);

export class Player {
  readonly #stack: Stack;
  readonly #tell: (line: Line) => void;
  readonly #began = Date.now();
  readonly #commits = new Map<string, string>();
  readonly #generations = new Map<string, number>();
  readonly #starts = new Map<number, number>();
  #last: { readonly app: string; readonly body: string } | undefined;
  #told = 0;
  #toldRefreshes = 0;

  constructor(stack: Stack, tell: (line: Line) => void) {
    this.#stack = stack;
    this.#tell = tell;
  }

  get commits(): ReadonlyMap<string, string> {
    return this.#commits;
  }

  async scene({ beats }: Scene): Promise<void> {
    for (const beat of beats) {
      await this.#beat(beat);
      await this.#quiet(SOON);
    }
    await this.#quiet(PATIENCE);
  }

  async #beat(beat: Beat): Promise<void> {
    switch (beat.kind) {
      case 'push': {
        const { branch, message, commit } = beat;
        const sha = await this.#stack.github.commit({ repository: REPOSITORY, branch, message });
        this.#commits.set(commit, sha);
        this.#say('people', `push ${sha.slice(0, 7)} to ${branch}: ${message}`, '');
        await this.#stack.github.settled();
        return;
      }
      case 'lays':
        for (const [path, text] of Object.entries(beat.files)) {
          await this.#stack.github.commit({ repository: DEPLOYMENT_REPOSITORY, files: { [path]: text } });
        }
        this.#say('people', beat.tell, '');
        await this.#stack.github.settled();
        return;
      case 'publishes':
        return this.#publish(beat);
      case 'merged':
        await this.#promoted(beat.environment);
        return this.#say('people', `(nothing to do: ${beat.tell})`, '');
      case 'does':
        return this.#do(beat);
      case 'rest':
        await this.#quiet(PATIENCE);
        return this.#say('people', beat.tell, '');
      case 'until':
        this.#say('Argo CD', `(nothing new: ${beat.tell})`, '');
        return this.#until(beat.state);
      case 'again':
        if (this.#last !== undefined) await this.#send(this.#last.app, this.#last.body, beat.tell);
        return;
      case 'late':
      case 'says': {
        const generation = beat.word.generation ?? (this.#generations.get(beat.app) ?? 0) + 1;
        if (beat.kind === 'says') this.#generations.set(beat.app, generation);
        const app = applicationSaying(beat.app, this.#nowadays(beat.word), generation);
        const body = this.#translated(JSON.stringify({ v: 1, instance: 'main', app }));
        if (beat.kind === 'says') this.#last = { app: beat.app, body };
        return this.#send(beat.app, body, beat.tell);
      }
    }
  }

  async #do({ who, method, path, body, tell, commit }: Extract<Beat, { kind: 'does' }>): Promise<void> {
    const { github } = this.#stack;
    const answer = await github.as(who)(method, `/repos/${REPOSITORY}${path}`, body);
    if (answer.status >= 300) throw new Error(`${who} could not ${tell}: ${JSON.stringify(answer.body)}`);
    if (commit !== undefined) this.#commits.set(commit, Merged.parse(answer.body).sha);
    this.#say('people', `${who}: ${tell}`, '');
    await github.settled();
  }

  async #publish({ tag, commit }: Extract<Beat, { kind: 'publishes' }>): Promise<void> {
    const { hawser, publisherToken } = this.#stack;
    const at = Date.now();
    const source = { repository: REPOSITORY, sha: this.#commits.get(commit) };
    const image = `ghcr.io/${REPOSITORY}`;
    const response = await this.#post(
      `${hawser.url}/images`,
      publisherToken,
      JSON.stringify({ v: 1, image, tag, source }),
    );
    this.#sayAt(at, 'people', `CI: publish ${image}:${tag}`, await wordOf(response));
  }

  async #promoted(environment: string): Promise<void> {
    const branch = encodeURIComponent(`heads/hawser/${environment}/shop`);
    const isMerged = ({ method, path, status }: GitHubCall) =>
      method === 'DELETE' && path.endsWith(`/git/refs/${branch}`) && status < 300;
    for (let waited = 0; waited < PATIENCE; waited += TURN) {
      this.#tellCalls();
      if (this.#stack.github.calls.some(isMerged)) return this.#stack.github.settled();
      await wait(TURN);
    }
    throw new Error(`the promotion to ${environment} was not merged within ${PATIENCE / 1000} s`);
  }

  /** An operation of the story starts when it is first spoken of; GitHub's own times are of today as well. */
  #nowadays(word: Word): Word {
    const { op = 0, healthAt } = word;
    const starts = this.#starts.get(op) ?? Math.floor((Date.now() - T0) / 1000);
    this.#starts.set(op, starts);
    return { ...word, op: starts, ...(healthAt === undefined ? {} : { healthAt: healthAt + starts - op }) };
  }

  async #send(app: string, body: string, tell: string): Promise<void> {
    const { hawser, argocdToken } = this.#stack;
    const at = Date.now();
    const response = await this.#post(`${hawser.url}/argocd/notifications`, argocdToken, body);
    this.#sayAt(at, 'Argo CD', `${app.padEnd(10)} ${tell}`, await wordOf(response));
  }

  #post(url: string, token: string, body: string): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return fetch(url, { method: 'POST', headers, body });
  }

  /** What the ledgers owe within so many milliseconds has been done, and told. */
  async #quiet(within: number): Promise<void> {
    for (let waited = 0; waited < PATIENCE; waited += TURN) {
      const owed = await Promise.all([REPOSITORY, DEPLOYMENT_REPOSITORY].map((each) => this.#owed(each)));
      this.#tellCalls();
      const horizon = Date.now() + within;
      const isLater = ({ effect, dueAt }: z.infer<typeof Pending>) =>
        PATIENT.has(effect.kind) && dueAt !== null && dueAt > horizon;
      if (owed.flat().every(isLater)) return;
      await wait(TURN);
    }
    throw new Error(`Hawser still owes GitHub something after ${PATIENCE / 1000} s`);
  }

  async #owed(repository: string): Promise<readonly z.infer<typeof Pending>[]> {
    const { hawser, operatorToken } = this.#stack;
    const headers = { authorization: `Bearer ${operatorToken}` };
    const response = await fetch(`${hawser.url}/api/repositories/${repository}`, { headers });
    // Before its first event the repository is not known.
    const { pending, dead } = response.ok ? Owes.parse(await response.json()).outbox : { pending: [], dead: [] };
    if (dead.length > 0) throw new Error(`a dead letter: ${JSON.stringify(dead[0])}`);
    return pending;
  }

  async #until(state: string): Promise<void> {
    for (let waited = 0; waited < PATIENCE; waited += TURN) {
      if (this.#stack.github.deployments(REPOSITORY).at(-1)?.statuses.at(-1)?.state === state) return;
      await wait(TURN);
    }
    throw new Error(`the newest deployment did not become ${state} within ${PATIENCE / 1000} s`);
  }

  #tellCalls(): void {
    const { github, refreshed } = this.#stack;
    for (const call of github.calls.slice(this.#told)) this.#tellCall(call);
    this.#told = github.calls.length;
    for (const { repository, at } of refreshed.slice(this.#toldRefreshes)) {
      this.#sayAt(at, 'Hawser', `refresh: the ApplicationSets that look at ${repository}`, 'asked');
    }
    this.#toldRefreshes = refreshed.length;
  }

  #tellCall(call: GitHubCall): void {
    const told = inWords(call, (id) => this.#numberOf(id));
    if (told !== undefined) this.#sayAt(call.at, 'Hawser', told.what, told.result);
  }

  #numberOf(id: number): number {
    return this.#stack.github.deployments(REPOSITORY).findIndex((deployment) => deployment.id === id) + 1;
  }

  #say(who: Line['who'], what: string, result: string): void {
    this.#sayAt(Date.now(), who, what, result);
  }

  #sayAt(at: number, who: Line['who'], what: string, result: string): void {
    this.#tell({ at: Math.max(0, at - this.#began), who, what, result });
  }

  /** The story's letters become the commits that were really pushed, and commits of the deployment repository. */
  #translated(text: string): string {
    const pushed = [...this.#commits].reduce(
      (changed, [letter, sha]) => changed.replaceAll(`acme/shop:${letter}"`, `acme/shop:${sha}"`),
      text,
    );
    return pushed.replace(/"(M\d)"/g, (_, name: string) =>
      JSON.stringify(createHash('sha1').update(name).digest('hex')),
    );
  }
}

async function wordOf(response: Response): Promise<string> {
  const { duplicate, ignored, error } = Answer.parse(await response.json());
  return `${response.status} ${error ?? ignored ?? (duplicate === true ? 'duplicate' : 'accepted')}`;
}
