/** Plays a case against the pure plan: a GitHub that does at once what it is owed, and a clock that the story moves. */

import { applicationSaying, s1, s2, s3, T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Effect, Owed } from '../../schemas/effect.ts';
import type { Event, Learned } from '../../schemas/event.ts';
import type { Known } from '../../schemas/known.ts';
import type { Status } from '../../schemas/status.ts';
import { namesOf } from '../../src/github/tags.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { Sha } from '../../src/words/sha.ts';
import type { Case, Step } from './story.ts';

export type Played = {
  readonly github: readonly string[];
  readonly ignored: Readonly<Record<number, string>>;
  readonly unresolved: readonly string[];
  readonly failures: readonly string[];
  readonly known: Known;
};

export function play({ story, config = {}, detailed }: Pick<Case, 'story' | 'config' | 'detailed'>): Played {
  const stage = new Stage(Config.parse(config), detailed === true);
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
  return [s1, s2, s3].includes(sha) ? `s${sha.charAt(0)}` : sha;
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

class Stage {
  #known: Known;
  #now = 0;
  #created: string[] = [];
  readonly #tell = teller();
  readonly #tags = new Map<string, string>();
  readonly #github: string[] = [];
  readonly #ignored: Record<number, string> = {};

  readonly #detailed: boolean;

  constructor(config: Config, detailed: boolean) {
    this.#detailed = detailed;
    this.#known = { config, applications: new Map(), rollouts: new Map(), slots: new Map(), tags: [] };
  }

  step(step: Step, index: number): void {
    switch (step.kind) {
      case 'tag':
        this.#tags.set(step.name, step.sha);
        return;
      case 'until':
        this.#pass(step.at);
        return;
      case 'says': {
        this.#pass(step.at ?? this.#now + 1);
        const { instance, app } = this.#tell(step);
        const page = `https://${instance}.example.com/applications/${app.metadata.namespace}/${app.metadata.name}`;
        const why = this.#enter({ kind: 'notification', id: String(index), instance, page, app });
        if (why !== undefined) this.#ignored[index] = why;
      }
    }
  }

  played(): Played {
    const applications = [...this.#known.applications.values()];
    return {
      github: this.#github,
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

  #pass(until: number): void {
    for (;;) {
      const due = [...this.#known.applications.values()]
        .filter((each) => each.dueAt !== null && each.dueAt <= T0 + until * 1000)
        .sort((one, other) => Number(one.dueAt) - Number(other.dueAt))[0];
      if (due === undefined) break;
      this.#now = Math.max(this.#now, (Number(due.dueAt) - T0) / 1000);
      this.#enter({ kind: 'due', application: due.key });
    }
    this.#now = Math.max(this.#now, until);
  }

  #enter(event: Event): string | undefined {
    const planned = plan(event, this.#known, Instant.parse(T0 + this.#now * 1000));
    if ('ignored' in planned) return planned.ignored;
    this.#known = planned.known;
    for (const owed of planned.effects) this.#perform(owed);
    return undefined;
  }

  #perform({ effect, done }: Owed): void {
    if (effect !== undefined && done !== true) this.#enter({ kind: 'performed', learned: this.#act(effect) });
  }

  #see(call: string, details: readonly string[]): void {
    this.#github.push(this.#detailed ? [call, ...details].join(', ') : call);
  }

  #act(effect: Effect): Learned {
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
    }
  }
}
