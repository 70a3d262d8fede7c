/** A GitHub with pull requests, an Argo CD, a ledger and one clock, all of them pure: lives of previews are played here. */
import assert from 'node:assert/strict';
import { s1, T0 } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Effect, Owed } from '../../schemas/effect.ts';
import type { Event, Learned, NotificationEvent, PullRequestEvent } from '../../schemas/event.ts';
import { type Known, nothingKnown } from '../../schemas/known.ts';
import type { PreviewEntry } from '../../schemas/preview-entry.ts';
import type { PullRequest } from '../../schemas/pull-request.ts';
import type { Status } from '../../schemas/status.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';
import { pullOf } from '../deployments/play.ts';
import { ArgoApplication } from './argo-cd.ts';
import type { Arriving, Life, Move, Number as PullNumber } from './life.ts';
import { NUMBERS } from './life.ts';

const LABEL = 'preview';
/** Every window but that of staleness has passed by then. */
const LONG = 4 * 3600;
/** So long the refresher gathers after a call. */
const GATHERS = 10;
/** More than this never ends. */
const MOST = 20_000;

type Moment = { readonly at: number; readonly happen: () => void };
type Told = PullRequestEvent | NotificationEvent;

export class PreviewWorld {
  known: Known;
  now = 0;
  readonly pulls: Map<PullNumber, PullRequest>;
  readonly applications: ReadonlyMap<PullNumber, readonly ArgoApplication[]>;
  /** By rollout: what GitHub shows. */
  readonly deployments = new Map<string, { readonly id: number; readonly statuses: Status[] }>();
  readonly comments = new Map<number, string[]>();
  readonly environments = new Set<string>();
  /** By pull request: what the index was told of it. */
  readonly index = new Map<number, PreviewEntry[]>();
  /** What is said in the order in which it arrived, in short. */
  readonly log: string[] = [];
  #moments: Moment[] = [];
  readonly #owed = new Map<string, Owed>();
  readonly #underWay = new Set<string>();
  readonly #lastLost = new Map<string, Told>();
  readonly #arriving: Arriving;
  #said = 0;
  #removedAt = -1;
  #answered = 0;
  /** The refresher: whether it is held, whether something is wished of it, and when it last called Argo CD. */
  #refresher = { held: false, wished: false, calledAt: -GATHERS };

  readonly #plan: typeof plan;

  /** `planning` decides in the place of the plan. */
  constructor({ forks, applications, fates, namesakes, config }: Life, arriving: Arriving, planning = plan) {
    this.#arriving = arriving;
    this.#plan = planning;
    this.known = nothingKnown(Config.parse({ argocd: ARGOCD, previews: { ...PREVIEWS, ...config } }), REPOSITORY);
    this.pulls = new Map(
      NUMBERS.map((number) => {
        const branch = namesakes ? 'feat-x' : `feat-${number}`;
        return [number, pullOf({ number, branch, sha: s1, labels: [], fork: forks[number] }, 0)];
      }),
    );
    this.applications = new Map(
      NUMBERS.map((number) => {
        const environment = config.environment.replaceAll('{number}', String(number));
        const named = Array.from({ length: applications[number] }, (_, index) => {
          const fateOf = (sha: string) => fates[(Number(sha.charAt(0)) + 3 * index) % fates.length] ?? 'healthy';
          return new ArgoApplication(`shop-${number}-${index}`, number, environment, fateOf);
        });
        return [number, named];
      }),
    );
  }

  live({ moves }: Pick<Life, 'moves'>): void {
    for (const { move, gap } of moves) {
      this.#until(this.now + gap);
      this.#move(move);
    }
    // Argo CD comes to all that there is to see, and every pull request's and application's last word arrives.
    for (let round = 0; round < 10; round += 1) {
      this.#until(this.now + 7);
      for (const number of NUMBERS)
        for (const each of this.applications.get(number) ?? []) this.#converge(number, each);
    }
    this.#until(this.now + LONG);
    for (const told of this.#lastLost.values()) this.#enter(told);
    this.#until(this.now + LONG);
  }

  /** Addresses that two live previews have. */
  clashes(): readonly string[] {
    const urls = [...this.known.previews.values()].flatMap(({ stage, url }) =>
      stage.kind === 'live' ? [url ?? ''] : [],
    );
    return urls.filter((url, index) => urls.indexOf(url) !== index);
  }

  /** Whether Argo CD is still to be called. */
  get isRefreshPending(): boolean {
    return this.#refresher.wished || this.#refresher.held;
  }

  /** What Argo CD's generator sees. */
  wanted(number: PullNumber): string | undefined {
    const pull = this.pulls.get(number);
    return pull?.open === true && pull.labels.includes(LABEL) ? pull.head.sha : undefined;
  }

  #converge(number: PullNumber, application: ArgoApplication): void {
    const wanted = this.wanted(number);
    if (!application.isAt(wanted)) this.#tell(application.goOn(wanted, this.now));
  }

  #move(move: Move): void {
    // Limit: GitHub's times have a grain of a second, and a label put on again in the very second of its removal can't be told.
    if (this.now === this.#removedAt) this.#until(this.now + 1);
    if (move.kind === 'argocd') {
      const application = this.applications.get(move.number)?.[move.app];
      if (application !== undefined) this.#tell(application.goOn(this.wanted(move.number), this.now));
      return;
    }
    const pull = this.pulls.get(move.number);
    const next = pull === undefined ? undefined : moved(pull, move);
    if (next !== undefined) this.#change(next, move.kind === 'label' ? move.by : undefined);
  }

  /** The pull request is another now, and GitHub tells of it. */
  #change(pull: PullRequest, by?: string): void {
    const next = { ...pull, updatedAt: this.#instant() };
    this.pulls.set(next.number === 8 ? 8 : 7, next);
    this.#said += 1;
    const labelled = by === undefined ? undefined : { login: by, labels: next.labels };
    this.#deliver(`pull ${next.number}`, { kind: 'pull-request', id: String(this.#said), pull: next, labelled });
  }

  #tell(event: NotificationEvent | undefined): void {
    if (event !== undefined) this.#deliver(event.app.metadata.name, event);
  }

  #deliver(about: string, told: Told): void {
    const { delays, repeats, lost } = this.#arriving;
    const index = this.#said++;
    if (lost[index % lost.length] ?? false) {
      this.#lastLost.set(about, told);
      return;
    }
    this.#lastLost.delete(about);
    const delay = delays[index % delays.length] ?? 0;
    const again = repeats[index % repeats.length];
    this.#later(delay, () => this.#enter(told));
    if (again !== undefined) this.#later(delay + again, () => this.#enter(told));
  }

  #later(seconds: number, happen: () => void): void {
    this.#moments.push({ at: this.now + seconds, happen });
  }

  #until(second: number): void {
    for (let passed = 0; ; passed += 1) {
      assert.ok(passed < MOST, 'it comes to an end');
      this.#perform();
      const next = [...this.#moments, ...this.#due()].reduce<Moment | undefined>(
        (first, each) => (first === undefined || each.at < first.at ? each : first),
        undefined,
      );
      if (next === undefined || next.at > second) break;
      this.#moments = this.#moments.filter((each) => each !== next);
      this.now = Math.max(this.now, next.at);
      next.happen();
    }
    this.now = Math.max(this.now, second);
  }

  #due(): readonly Moment[] {
    const { applications, previews } = this.known;
    const standings = [...applications.values()].map(({ key, dueAt }) => ({
      at: secondOf(dueAt),
      happen: () => this.#enter({ kind: 'due', application: key }),
    }));
    const expiries = [...previews.values()].map(({ number, dueAt }) => ({
      at: secondOf(dueAt),
      happen: () => this.#enter({ kind: 'preview-due', number }),
    }));
    const held = [...this.#owed.values()].map(({ lane, notBefore }) => ({
      at: this.#underWay.has(lane) ? Infinity : secondOf(notBefore ?? null),
      happen: () => {},
    }));
    return [...standings, ...expiries, ...held];
  }

  #enter(event: Event): void {
    if (event.kind === 'pull-request' || event.kind === 'notification') this.#note(event);
    const planned = this.#plan(event, this.known, this.#instant());
    this.known = planned.known ?? this.known;
    if ('ignored' in planned) return;
    for (const { lane, ...owed } of planned.effects) {
      if (owed.effect?.kind === 'refresh') this.#assertTrusted();
      if (owed.effect === undefined || owed.done === true) this.#owed.delete(lane);
      else this.#owed.set(lane, { lane, ...owed });
    }
  }

  #note(event: Told): void {
    if (event.kind === 'notification') {
      const { metadata, status } = event.app;
      const phase = metadata.deletionTimestamp === undefined ? status?.operationState?.phase : 'deleted';
      this.log.push(
        `${this.now}: ${metadata.name} ${metadata.uid} #${metadata.generation} ${phase} ${status?.health?.status} ${event.app.status?.sync?.revision?.charAt(0)}`,
      );
      return;
    }
    const { number, open, labels, head, updatedAt } = event.pull;
    this.log.push(
      `${this.now}: #${number} ${open ? 'open' : 'closed'} [${labels.join()}] s${head.sha.charAt(0)} of ${secondOf(updatedAt)} ${event.labelled?.login ?? ''}`,
    );
  }

  /** Argo CD sees nothing but the label: whose head nobody approved must have lost it, as far as anybody has been told. */
  #assertTrusted(): void {
    for (const { pull, approval } of this.known.previews.values()) {
      const isForeign = pull.head.repository !== pull.base.repository;
      const isSeen = pull.open && pull.labels.includes(LABEL);
      assert.ok(!(isForeign && isSeen) || approval?.sha === pull.head.sha, `a refresh would deploy #${pull.number}`);
    }
  }

  #perform(): void {
    for (;;) {
      const ready = [...this.#owed.values()].filter(
        ({ lane, notBefore = 0 }) => notBefore <= this.#instant() && !this.#underWay.has(lane),
      );
      const [next] = ready.sort((one, other) => one.class - other.class);
      if (next?.effect === undefined) return;
      this.#owed.delete(next.lane);
      const learned = this.#act(next.effect);
      const delay = this.#delayOf(next.effect);
      if (delay === 0) {
        this.#enter({ kind: 'performed', learned });
        continue;
      }
      this.#underWay.add(next.lane);
      this.#later(delay, () => {
        this.#underWay.delete(next.lane);
        this.#enter({ kind: 'performed', learned });
      });
    }
  }

  /** GitHub takes its time; a refresher is nearby. */
  #delayOf({ kind }: Effect): number {
    if (kind === 'refresh' || kind === 'hold-refresh' || kind === 'index-preview') return 0;
    const { answers } = this.#arriving;
    return answers[this.#answered++ % answers.length] ?? 0;
  }

  /** Whatever a refresher has been asked before: none of its calls finds a label that has to come off. */
  #callArgoCd(): void {
    const { held, wished, calledAt } = this.#refresher;
    if (held || !wished) return;
    const wait = calledAt + GATHERS - this.now;
    if (wait > 0) return this.#later(wait, () => this.#callArgoCd());
    this.#refresher = { held, wished: false, calledAt: this.now };
    this.#assertTrusted();
  }

  #act(effect: Effect): Learned {
    switch (effect.kind) {
      case 'create-deployment': {
        const { rollout, environment } = effect;
        assert.ok(!this.deployments.has(rollout), `made twice: ${rollout}`);
        this.environments.add(environment);
        const id = this.deployments.size + 1;
        this.deployments.set(rollout, { id, statuses: [] });
        return { kind: 'deployment', rollout, id };
      }
      case 'write-status': {
        const { rollout, deployment, status } = effect;
        const shown = this.deployments.get(rollout);
        assert.equal(shown?.id, deployment, 'a status of a deployment that was created');
        shown?.statuses.push(status);
        return { kind: 'status', rollout, status };
      }
      case 'read-permission':
        return { kind: 'permission', number: effect.number, login: effect.login, mayWrite: effect.login === 'boss' };
      case 'remove-label': {
        const pull = this.#pull(effect.number);
        const labels = pull.labels.filter((label) => label !== effect.label);
        this.#removedAt = this.now;
        if (labels.length < pull.labels.length) this.#change({ ...pull, labels });
        return { kind: 'label-removed', number: effect.number, stuck: null, seen: effect.seen };
      }
      case 'write-comment': {
        const { number, id, body } = effect;
        const written = this.comments.get(number) ?? [];
        this.comments.set(number, [...written, body]);
        assert.ok(id !== null || written.length === 0, `a second comment on #${number}`);
        return { kind: 'comment', number, id: 100 + number, body };
      }
      case 'read-pull':
        return { kind: 'pull', number: effect.number, pull: this.#pull(effect.number), sweep: effect.sweep };
      case 'delete-environment':
        this.environments.delete(effect.environment);
        return { kind: 'nothing' };
      case 'refresh':
        this.#refresher.wished = true;
        this.#callArgoCd();
        return { kind: 'nothing' };
      case 'hold-refresh':
        this.#refresher.held = effect.held;
        this.#callArgoCd();
        return { kind: 'nothing' };
      case 'index-preview':
        this.index.set(effect.entry.number, [...(this.index.get(effect.entry.number) ?? []), effect.entry]);
        return { kind: 'nothing' };
      case 'read-application':
        // It has no token for Argo CD's API.
        return { kind: 'application', application: effect.application, event: null };
      default:
        return assert.fail(`no life of a preview leads to ${effect.kind}`);
    }
  }

  #pull(number: number): PullRequest {
    return this.pulls.get(number === 8 ? 8 : 7) ?? assert.fail();
  }

  #instant(): Instant {
    return Instant.parse(T0 + this.now * 1000);
  }
}

const REPOSITORY = Repository.parse('acme/shop');
const PREVIEWS = { url: 'https://{slug}.example.dev' };
const ARGOCD = [
  {
    name: 'main',
    url: 'https://main.example.com',
    repositories: ['acme/*'],
    environments: ['*'],
    refresh: { mode: 'webhook', url: 'https://applicationset.example.com/api/webhook' },
  },
];

function secondOf(instant: Instant | null): number {
  return instant === null ? Infinity : Math.ceil((instant - T0) / 1000);
}

/** Undefined: GitHub would not do that to it as it is. */
function moved(pull: PullRequest, move: Exclude<Move, { kind: 'argocd' }>): PullRequest | undefined {
  const { open, merged, labels, head } = pull;
  const isLabelled = labels.includes(LABEL);
  switch (move.kind) {
    case 'push':
      return head.sha === move.sha || !open ? undefined : { ...pull, head: { ...head, sha: Sha.parse(move.sha) } };
    case 'label':
      return isLabelled ? undefined : { ...pull, labels: [LABEL] };
    case 'unlabel':
      return isLabelled ? { ...pull, labels: [] } : undefined;
    case 'close':
      return open ? { ...pull, open: false } : undefined;
    case 'merge':
      return open ? { ...pull, open: false, merged: true } : undefined;
    case 'reopen':
      return open || merged ? undefined : { ...pull, open: true };
    case 'retitle':
      return { ...pull, title: `${pull.title}!` };
  }
}
