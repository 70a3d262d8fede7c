/** An Argo CD that follows pull requests in its own time: what its applications run, and what it says of them. */
import { applicationSaying, type Word } from '../../local/application.ts';
import type { NotificationEvent } from '../../schemas/event.ts';
import type { Fate } from './life.ts';

type Running = {
  readonly uid: number;
  readonly op: number;
  readonly sha: string;
  readonly stage: 'running' | 'synced' | 'failed' | 'over';
};

/** What one application runs in the end, and how that stands there. */
export type Runs = { readonly sha: string; readonly state: 'success' | 'failure' | 'error' };

export class ArgoApplication {
  readonly name: string;
  readonly #number: number;
  readonly #environment: string;
  readonly #fateOf: (sha: string) => Fate;
  #running: Running | undefined;
  #uid = 0;
  #op = -1;
  #generation = 0;

  constructor(name: string, number: number, environment: string, fateOf: (sha: string) => Fate) {
    this.name = name;
    this.#number = number;
    this.#environment = environment;
    this.#fateOf = fateOf;
  }

  /** `wanted`: the commit that its generator sees; undefined: none, and the application has to go. What it says of it. */
  goOn(wanted: string | undefined, second: number): NotificationEvent | undefined {
    const now = this.#running;
    if (wanted === undefined) return now === undefined ? undefined : this.#remove(now);
    if (now === undefined) this.#uid += 1;
    if (now === undefined || now.sha !== wanted || now.stage === 'failed') return this.#start(wanted, second, now);
    return this.#proceed(now, second);
  }

  /** Nothing more will come of what it runs. */
  isAt(wanted: string | undefined): boolean {
    const now = this.#running;
    if (now === undefined || wanted === undefined) return now === undefined && wanted === undefined;
    return now.sha === wanted && (now.stage === 'over' || this.#fateOf(now.sha) === 'hangs');
  }

  runs(): Runs | undefined {
    if (this.#running === undefined) return undefined;
    const { sha } = this.#running;
    const state = ENDS[this.#fateOf(sha)];
    return { sha, state };
  }

  #start(sha: string, second: number, before: Running | undefined): NotificationEvent {
    this.#op = Math.max(this.#op + 1, second);
    const isSecondTry = before?.sha === sha && before.stage === 'failed';
    this.#running = { uid: this.#uid, op: this.#op, sha, stage: isSecondTry ? 'synced' : 'running' };
    return this.#say(this.#running, { phase: 'Running', health: 'Healthy', healthAt: -100 });
  }

  #proceed(now: Running, second: number): NotificationEvent | undefined {
    const fate = this.#fateOf(now.sha);
    if (fate === 'hangs') return undefined;
    if (now.stage === 'over') return this.#start(now.sha, second, undefined);
    if (now.stage === 'running' && fate === 'flaky') return this.#become(now, 'failed', { phase: 'Failed' });
    if (now.stage === 'running' && fate !== 'fails') return this.#become(now, 'synced', { health: 'Progressing' });
    return this.#become(now, 'over', WORDS[fate]);
  }

  #become(now: Running, stage: Running['stage'], word: Word): NotificationEvent {
    this.#running = { ...now, stage };
    return this.#say(now, word);
  }

  #remove(now: Running): NotificationEvent {
    this.#running = undefined;
    return this.#say(now, { deleted: true, health: 'Healthy' });
  }

  #say({ uid, op, sha }: Running, word: Word): NotificationEvent {
    this.#generation += 1;
    const said: Word = {
      ...word,
      op,
      sha,
      manifests: sha,
      pr: this.#number,
      environment: this.#environment,
      uid: `${this.name} ${String(uid).padStart(3, '0')}`,
      created: uid,
    };
    const app = applicationSaying(this.name, said, this.#generation);
    const page = `https://main.example.com/applications/argocd/${this.name}`;
    return { kind: 'notification', id: `${this.name} ${this.#generation}`, instance: 'main', page, app };
  }
}

const WORDS: Readonly<Record<Exclude<Fate, 'hangs'>, Word>> = {
  healthy: { health: 'Healthy' },
  settles: { health: 'Healthy', healthAt: -100 },
  flaky: { health: 'Healthy' },
  fails: { phase: 'Failed' },
  degrades: { health: 'Degraded', healthMessage: 'no image' },
};

const ENDS: Readonly<Record<Fate, Runs['state']>> = {
  healthy: 'success',
  settles: 'success',
  flaky: 'success',
  fails: 'failure',
  degrades: 'failure',
  hangs: 'error',
};
