/** Plays a case against the pure plan: a GitHub that does at once what it is owed, and a clock that the story moves. */

import { applicationSaying, s1, s2, s3, s4, T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Effect, Owed } from '../../schemas/effect.ts';
import type { Event, Learned, NotificationEvent } from '../../schemas/event.ts';
import { type Known, nothingKnown } from '../../schemas/known.ts';
import type { PullRequest } from '../../schemas/pull-request.ts';
import type { Status } from '../../schemas/status.ts';
import { namesOf } from '../../src/github/tags.ts';
import { plan } from '../../src/plan.ts';
import { oneByOne } from '../../src/previews/sweep.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';
import type { Case, Look, Step } from './story.ts';

const DEPLOYMENT = Repository.parse('acme/shop-deployment');

export type Played = {
  readonly github: readonly string[];
  /** What the index of previews was told: `#7 ready: feat-x, pr-7-shop`. */
  readonly index: readonly string[];
  readonly ignored: Readonly<Record<number, string>>;
  readonly unresolved: readonly string[];
  readonly failures: readonly string[];
  readonly known: Known;
};

export function play({
  story,
  config = {},
  detailed,
  writers = [],
}: Pick<Case, 'story' | 'config' | 'detailed' | 'writers'>): Played {
  const stage = new Stage(Config.parse(config), detailed === true, writers);
  story.forEach((step, index) => stage.step(step, index));
  return stage.played();
}

/** Several words of one application count up by themselves, from 1 for each uid; `app` may be `instance:name`. */
export function teller(): (step: Extract<Step, { kind: 'says' }>) => {
  instance: string;
  app: ReturnType<typeof applicationSaying>;
} {
  const generations = new Map<string, number>();
  return ({ app, word }) => {
    const [instance = 'main', name = app] = app.includes(':') ? app.split(':') : ['main', app];
    const counted = `${app} ${word.uid ?? ''}`;
    const generation = word.generation ?? (generations.get(counted) ?? 0) + 1;
    generations.set(counted, Math.max(generation, generations.get(counted) ?? 0));
    return { instance, app: applicationSaying(name, word, generation) };
  };
}

function shortened(sha: string): string {
  return [s1, s2, s3, s4].includes(sha) ? `s${sha.charAt(0)}` : sha;
}

/** What `detailed` adds to a deployment, and to a status. */
function kindsOf({ production, transient }: Extract<Effect, { kind: 'create-deployment' }>): readonly string[] {
  return [...(production ? ['production'] : []), ...(transient ? ['transient'] : [])];
}

function linksOf({ logUrl, environmentUrl }: Status): readonly string[] {
  return [
    ...(logUrl === undefined ? [] : [`log ${logUrl}`]),
    ...(environmentUrl === undefined ? [] : [`at ${environmentUrl}`]),
  ];
}

/** The pull request of a look, as GitHub describes it. */
export function pullOf(look: Look, second: number): PullRequest {
  return {
    number: look.number ?? 7,
    title: look.title ?? 'A new checkout',
    open: look.open ?? look.merged !== true,
    merged: look.merged ?? false,
    updatedAt: Instant.parse(T0 + (look.updated ?? second) * 1000),
    head: { sha: Sha.parse(look.sha), ref: look.branch ?? 'feat-x', repository: look.fork === true ? 2 : 1 },
    base: { ref: look.base ?? 'main', repository: 1 },
    labels: [...(look.labels ?? ['preview'])],
    comments: look.comments ?? 0,
  };
}

class Stage {
  #known: Known;
  #now = 0;
  #created: string[] = [];
  /** One a lane, as in the outbox: a newer one takes its place. */
  readonly #owed = new Map<string, Owed>();
  #busy = false;
  readonly #tell = teller();
  readonly #tags = new Map<string, string>();
  readonly #pulls = new Map<number, PullRequest>();
  /** What each Argo CD would answer, by the key of the application. */
  readonly #argoCd = new Map<string, NotificationEvent | 'gone' | 'down'>();
  readonly #github: string[] = [];
  readonly #index: string[] = [];
  readonly #ignored: Record<number, string> = {};
  readonly #detailed: boolean;
  readonly #writers: readonly string[];

  constructor(config: Config, detailed: boolean, writers: readonly string[]) {
    this.#detailed = detailed;
    this.#writers = writers;
    this.#known = nothingKnown(config, Repository.parse('acme/shop'));
  }

  step(step: Step, index: number): void {
    if (step.kind === 'tag') {
      this.#tags.set(step.name, step.sha);
      return;
    }
    this.#pass(step.at ?? this.#now + 1);
    for (const event of this.#eventsOf(step, index)) {
      const why = this.#enter(event);
      if (why !== undefined) this.#ignored[index] = why;
    }
  }

  #eventsOf(step: Exclude<Step, { kind: 'tag' }>, index: number): readonly Event[] {
    const id = String(index);
    switch (step.kind) {
      case 'until':
        return [];
      case 'says':
        return [this.#wordOf(step, id)];
      case 'runs': {
        const { app, word } = step;
        const key = `main/argocd/${app}`;
        this.#argoCd.set(key, typeof word === 'string' ? word : this.#wordOf({ kind: 'says', app, word }, id));
        return [];
      }
      case 'pull':
      case 'unheard': {
        const look = pullOf(step.look, this.#now);
        const newest = this.#pulls.get(look.number);
        const isNewest = newest === undefined || newest.updatedAt < look.updatedAt + (step.look.late === true ? 0 : 1);
        if (isNewest) this.#pulls.set(look.number, look);
        if (step.kind === 'unheard') return [];
        const { by } = step.look;
        const labelled = by === undefined ? undefined : { login: by, labels: look.labels };
        return [{ kind: 'pull-request', id, pull: look, labelled }];
      }
      case 'comments':
        return [{ kind: 'comment', id, number: step.number ?? 7, at: Instant.parse(T0 + this.#now * 1000) }];
      case 'adopts': {
        const { id: deployment, sha, pr, environment = 'preview' } = step;
        return [{ kind: 'adoption', id, deployment, sha: Sha.parse(sha), environment, pr }];
      }
      case 'waits': {
        const { environment, sha } = step;
        return [{ kind: 'subscribe', id, by: DEPLOYMENT, environment, sha: Sha.parse(sha) }];
      }
      case 'promoted': {
        const { kind, environment, digest, sha } = step;
        return [{ kind, id, by: DEPLOYMENT, environment, image: 'ghcr.io/acme/shop', digest, sha: Sha.parse(sha) }];
      }
      case 'publishes':
        throw new Error('images are not for the ledger of an application');
      case 'sweep':
        return [{ kind: 'sweep' }];
      case 'removal':
        return [...this.#known.previews.values()].flatMap(({ number, doomed }): Event[] =>
          doomed === null ? [] : [{ kind: 'removal', number }],
        );
    }
  }

  #wordOf(step: Extract<Step, { kind: 'says' }>, id: string): NotificationEvent {
    const { instance, app } = this.#tell(step);
    const page = `https://${instance}.example.com/applications/${app.metadata.namespace}/${app.metadata.name}`;
    return { kind: 'notification', id, instance, page, app };
  }

  played(): Played {
    const applications = [...this.#known.applications.values()];
    return {
      github: this.#github,
      index: this.#index,
      ignored: this.#ignored,
      unresolved: applications.flatMap((each) =>
        each.unresolved === null ? [] : [`${each.name}: ${each.unresolved.mend}`],
      ),
      failures: applications.flatMap((each) =>
        each.failure === null || each.failure.rollout !== null ? [] : [`${each.name}: ${each.failure.message}`],
      ),
      known: this.#known,
    };
  }

  /** What is due first is brought about first: standings, previews, and effects that were to wait. */
  #pass(until: number): void {
    for (;;) {
      const moments = [
        ...[...this.#known.applications.values()].map(({ key, dueAt }) => ({
          at: dueAt,
          bring: () => void this.#enter({ kind: 'due', application: key }),
        })),
        ...[...this.#known.previews.values()].map(({ number, dueAt }) => ({
          at: dueAt,
          bring: () => void this.#enter({ kind: 'preview-due', number }),
        })),
        ...[...this.#owed.values()].map(({ notBefore = null }) => ({ at: notBefore, bring: () => this.#drain() })),
      ];
      const next = moments
        .filter(({ at }) => at !== null && at <= T0 + until * 1000)
        .sort((one, other) => Number(one.at) - Number(other.at))[0];
      if (next === undefined) break;
      this.#now = Math.max(this.#now, (Number(next.at) - T0) / 1000);
      next.bring();
    }
    this.#now = Math.max(this.#now, until);
  }

  #enter(event: Event): string | undefined {
    const planned = plan(event, this.#known, Instant.parse(T0 + this.#now * 1000));
    if ('ignored' in planned) {
      this.#known = planned.known ?? this.#known;
      return planned.ignored;
    }
    this.#known = planned.known;
    for (const owed of planned.effects) {
      this.#owed.delete(owed.lane);
      if (owed.effect !== undefined && owed.done !== true) this.#owed.set(owed.lane, owed);
    }
    this.#drain();
    return undefined;
  }

  /** What each teaches is heard before the next is done. */
  #drain(): void {
    if (this.#busy) return;
    this.#busy = true;
    for (;;) {
      const due = [...this.#owed.values()].filter(({ notBefore = 0 }) => notBefore <= T0 + this.#now * 1000);
      const next = due.sort((one, other) => one.class - other.class)[0];
      if (next?.effect === undefined) break;
      this.#owed.delete(next.lane);
      const learned = this.#act(next.effect);
      if (learned === undefined) continue;
      for (const event of oneByOne({ kind: 'performed', learned })) this.#enter(event);
    }
    this.#busy = false;
  }

  #see(call: string, details: readonly string[]): void {
    this.#github.push(this.#detailed ? [call, ...details].join(', ') : call);
  }

  /** Undefined: it goes on waiting for an answer. */
  #act(effect: Effect): Learned | undefined {
    switch (effect.kind) {
      case 'create-deployment': {
        this.#created.push(effect.rollout);
        this.#see(`create #${this.#created.length} ${shortened(effect.sha)} ${effect.environment}`, kindsOf(effect));
        return { kind: 'deployment', rollout: effect.rollout, id: this.#created.length };
      }
      case 'write-status':
        this.#see(`#${effect.deployment} ${effect.status.state} ${effect.status.description}`, linksOf(effect.status));
        return { kind: 'status', rollout: effect.rollout, status: effect.status };
      case 'resolve-tag': {
        this.#github.push(`tag ${effect.tag}`);
        const { image, references, askedAt } = effect;
        const sha = namesOf(effect.tag).flatMap((name) => this.#tags.get(name) ?? [])[0];
        return { kind: 'tag', image, references, askedAt, sha: sha === undefined ? null : Sha.parse(sha) };
      }
      case 'read-permission':
        this.#github.push(`permission ${effect.login}`);
        return {
          kind: 'permission',
          number: effect.number,
          login: effect.login,
          mayWrite: this.#writers.includes(effect.login),
        };
      case 'remove-label': {
        this.#github.push(`unlabel ${effect.number}`);
        const pull = this.#pulls.get(effect.number);
        const labels = pull?.labels.filter((label) => label !== effect.label) ?? [];
        const updatedAt = Instant.parse(T0 + this.#now * 1000);
        if (pull !== undefined) this.#pulls.set(effect.number, { ...pull, labels, updatedAt });
        return { kind: 'label-removed', number: effect.number, stuck: null, seen: effect.seen };
      }
      case 'write-comment':
        this.#github.push(`comment ${effect.number} ${headlineOf(effect.body)}`);
        return { kind: 'comment', number: effect.number, id: 100 + effect.number, body: effect.body };
      case 'read-pull':
        this.#github.push(`read ${effect.number}`);
        return {
          kind: 'pull',
          number: effect.number,
          pull: this.#pulls.get(effect.number) ?? null,
          sweep: effect.sweep,
        };
      case 'list-pulls': {
        this.#github.push('list');
        const pulls = [...this.#pulls.values()].filter(({ open, labels }) => open && labels.includes(effect.label));
        return { kind: 'pulls', pulls };
      }
      case 'refresh':
        this.#github.push(`refresh ${effect.instance}`);
        return { kind: 'nothing' };
      case 'hold-refresh':
        this.#github.push(`${effect.held ? 'hold' : 'release'} ${effect.instance}`);
        return { kind: 'nothing' };
      case 'index-preview': {
        const { number, state, names, log } = effect.entry;
        this.#index.push(
          [`#${number} ${state}: ${names.join(', ')}`, ...(log === null ? [] : [`log ${log}`])].join(', '),
        );
        return { kind: 'nothing' };
      }
      case 'read-application': {
        this.#github.push(`ask ${effect.name}`);
        const { application } = effect;
        const answer = this.#argoCd.get(application) ?? 'gone';
        if (answer === 'down') return undefined;
        return { kind: 'application', application, event: answer === 'gone' ? null : answer };
      }
      case 'delete-environment':
        this.#github.push(`delete-environment ${effect.environment}`);
        return { kind: 'nothing' };
      case 'retire-deployment':
        this.#github.push(`retire ${effect.deployment} ${effect.description}`);
        return { kind: 'nothing' };
      case 'tell':
        if (effect.event.kind === 'environment') {
          const { environment, sha, state, since } = effect.event;
          this.#github.push(`tell ${environment} ${shortened(sha)} ${state} ${(since - T0) / 1000}`);
        }
        return { kind: 'nothing' };
      default:
        throw new Error(`no application's ledger owes ${effect.kind}`);
    }
  }
}

/** The comment's first line, without its signs. */
export function headlineOf(body: string): string {
  const [line = ''] = body.split('\n').filter((each) => each !== '' && !each.startsWith('<!--'));
  return line.replace(/\*\*/g, '').replace(/: \[.*$/, '');
}
