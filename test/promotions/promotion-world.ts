/** A deployment repository on a GitHub, the application's history, people, and a clock: all of it pure. */
import assert from 'node:assert/strict';
import { Config } from '../../schemas/config.ts';
import type { Effect, Owed } from '../../schemas/effect.ts';
import type { Event, Learned } from '../../schemas/event.ts';
import { type Known, nothingKnown } from '../../schemas/known.ts';
import { Desk, Promotion } from '../../schemas/promotion.ts';
import type { Checks } from '../../schemas/proposal.ts';
import type { PullRequest } from '../../schemas/pull-request.ts';
import type { Told } from '../../schemas/told.ts';
import { plan } from '../../src/plan.ts';
import { pinImage } from '../../src/promotions/pin.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { Sha } from '../../src/words/sha.ts';
import { requireAsARow } from '../as-a-row.ts';

export const IMAGE = 'ghcr.io/acme/shop';
const T0 = Date.parse('2026-11-25T09:00:00Z');
const MOST = 20_000;

export type Arriving = {
  readonly delays: readonly number[];
  readonly repeats: readonly (number | undefined)[];
  readonly lost: readonly boolean[];
  readonly answers: readonly number[];
};
export const AT_ONCE: Arriving = { delays: [0], repeats: [undefined], lost: [false], answers: [0] };

type Files = ReadonlyMap<string, string>;
type Pull = PullRequest & {
  body: string;
  files: Files;
  checks: Record<string, Checks[string]>;
  approvals: string[];
  rejected: boolean;
  /** GitHub is to merge it by itself. */
  armed: 'auto' | 'queue' | null;
};
type Moment = { readonly at: number; readonly happen: () => void };
type By = { readonly login: string; readonly isBot: boolean };

export const BOSS: By = { login: 'boss', isBot: false };
const HAWSER: By = { login: 'hawser[bot]', isBot: true };
const RULES = '.github/image-promotion.yml';
const LAX = 'version: 1\nrules: [{ action: auto }]\n';

/** The application's commits: `a1` before `a2` and so on; `x…` have left them after `a1`. */
function commit(name: string): Sha {
  const letter = name.startsWith('x') ? 'b' : 'a';
  return Sha.parse(letter + name.slice(1).padStart(39, '0'));
}

function orderOf(sha: Sha, present: Sha | null) {
  if (present === null) return 'unknown';
  if (sha === present) return 'identical';
  if (sha.charAt(0) === present.charAt(0)) return sha > present ? 'ahead' : 'behind';
  const [main, other] = sha.startsWith('a') ? [sha, present] : [present, sha];
  if (main === commit('a1')) return other === sha ? 'ahead' : 'behind';
  return 'diverged';
}

export function overlay(pins: Readonly<Record<string, string>>): string {
  const entries = Object.entries(pins).map(([image, tag]) => `  - name: ${image}\n    newTag: ${tag}\n`);
  return `resources:\n  - ../../base\nimages:\n${entries.join('')}`;
}

export class PromotionWorld {
  known: Known;
  now = 0;
  readonly pulls = new Map<number, Pull>();
  readonly calls: string[] = [];
  /** What was said, in the order in which it arrived, and what was done for it. */
  readonly log: string[] = [];
  /** Merges that the rules did not allow as things were. */
  readonly forbidden: string[] = [];
  /** Merges of one base that were under way together. */
  readonly overlaps: string[] = [];
  rolledBack = false;
  readonly told: Told[] = [];
  readonly checks = new Map<string, { readonly id: number; readonly text: Extract<Effect, { kind: 'write-check' }> }>();
  files: Map<string, string>;
  /** What GitHub answers to a merge, where it does not do it. */
  refuses: string | undefined;
  /** Whether it says that something has moved. */
  moves = false;
  ancestry = true;
  #base = 0;
  #moments: Moment[] = [];
  /** What GitHub last answered about the gates, and when. */
  readonly #looks = new Map<number, { readonly at: number; readonly isGreen: boolean }>();
  readonly #merging = new Set<string>();
  readonly #owed = new Map<string, Owed>();
  /** Each lane's call under way. */
  readonly #underWay = new Map<string, string>();
  readonly #lost = new Map<string, Event>();
  readonly #arriving: Arriving;
  #said = 0;
  #answered = 0;
  #heads = 0;

  constructor(files: Readonly<Record<string, string>>, arriving: Arriving = AT_ONCE) {
    this.files = new Map(Object.entries(files));
    this.#arriving = arriving;
    this.known = nothingKnown(Config.parse({}), Repository.parse('acme/shop-deployment'));
  }

  get baseSha(): Sha {
    return Sha.parse(String(this.#base).padStart(7, '0') + 'f'.repeat(33));
  }

  instant(): Instant {
    return Instant.parse(T0 + this.now * 1000);
  }

  deliver(about: string, event: Event): void {
    const { delays, repeats, lost } = this.#arriving;
    const index = this.#said++;
    if (lost[index % lost.length] ?? false) {
      this.#lost.set(about, event);
      return;
    }
    this.#lost.delete(about);
    const delay = delays[index % delays.length] ?? 0;
    const again = repeats[index % repeats.length];
    this.#later(delay, () => void this.enter(event));
    if (again !== undefined) this.#later(delay + again, () => void this.enter(event));
    this.until(this.now);
  }

  /** The last word of everything that never came. */
  deliverLost(): void {
    for (const event of this.#lost.values()) this.enter(event);
    this.#lost.clear();
    this.until(this.now);
  }

  image(tag: string, sha?: string, more: Record<string, unknown> = {}): void {
    const source = sha === undefined ? {} : { source: { repository: Repository.parse('acme/shop'), sha: commit(sha) } };
    const candidate = {
      image: IMAGE,
      tag,
      origin: 'publisher' as const,
      firstSeen: this.instant(),
      ...source,
      ...more,
    };
    this.deliver(`image ${JSON.stringify(candidate)}`, { kind: 'image', id: `${tag} ${this.now}`, candidate });
  }

  /** Somebody changes files of the base. */
  push(files: Readonly<Record<string, string>>, by: By = BOSS): void {
    const before = this.baseSha;
    if (by === BOSS) this.rolledBack = true;
    for (const [path, text] of Object.entries(files)) this.files.set(path, text);
    this.#base += 1;
    const event = {
      kind: 'push',
      id: `push ${this.#base}`,
      branch: 'main',
      before,
      after: this.baseSha,
      isDefault: true,
      by,
    } as const;
    this.deliver(`push ${this.#base}`, event);
  }

  pins(environment: string, image = IMAGE): string | undefined {
    const text = this.files.get(`overlays/${environment}/kustomization.yaml`) ?? '';
    const edit = pinImage(text, { format: 'kustomize', image }, { tag: 'none', digest: undefined });
    return edit.ok && edit.value.kind === 'edited' ? edit.value.from.tag : undefined;
  }

  change(number: number, next: Partial<Pull>, by: By = BOSS): void {
    const pull = this.pulls.get(number) ?? assert.fail(`there is no #${number}`);
    const changed = { ...pull, ...next, updatedAt: this.instant() };
    this.pulls.set(number, changed);
    this.tellPull(changed, by);
  }

  overwrite(number: number, by: By = BOSS): void {
    const pull = this.pulls.get(number) ?? assert.fail();
    this.change(number, { head: { ...pull.head, sha: this.#head() } }, by);
  }

  /** Somebody has GitHub merge it by itself, or takes that back. */
  leave(number: number, native: 'armed' | 'disarmed', by: By = BOSS): void {
    const pull = this.pulls.get(number) ?? assert.fail();
    this.pulls.set(number, { ...pull, armed: native === 'armed' ? 'auto' : null });
    this.tellPull(this.pulls.get(number) ?? pull, by, native);
  }

  unheard(number: number, next: Partial<Pull>): void {
    const pull = this.pulls.get(number) ?? assert.fail();
    this.pulls.set(number, { ...pull, ...next });
  }

  tellPull(pull: Pull, by: By, native?: 'armed' | 'disarmed'): void {
    this.#heads += 1;
    const id = `pull ${this.#heads}`;
    this.deliver(`pull ${pull.number}`, {
      kind: 'pull-request',
      id,
      pull: told(pull),
      labelled: undefined,
      by,
      ...(native === undefined ? {} : { native }),
    });
  }

  close(number: number, by: By = BOSS): void {
    this.change(number, { open: false, rejected: !by.isBot }, by);
  }

  /** A person presses the button. */
  mergeByHand(number: number): void {
    this.#merge(number, BOSS);
  }

  check(number: number, name: string, conclusion: Checks[string]): void {
    const pull = this.pulls.get(number) ?? assert.fail();
    pull.checks[name] = conclusion;
    this.deliver(`gate ${number}`, { kind: 'gate', id: `gate ${this.#said}`, of: { head: pull.head.sha } });
  }

  approve(number: number, login: string): void {
    const pull = this.pulls.get(number) ?? assert.fail();
    pull.approvals.push(login);
    this.deliver(`gate ${number}`, { kind: 'gate', id: `gate ${this.#said}`, of: { number } });
  }

  environment(environment: string, sha: string, state: 'success' | 'failure' | 'in_progress'): void {
    const event = {
      kind: 'environment',
      id: `environment ${this.#said}`,
      repository: Repository.parse('acme/shop'),
      environment,
      sha: commit(sha),
      state,
      since: this.instant(),
      deployment: 1,
    } as const;
    this.deliver(`environment ${environment} ${sha}`, event);
  }

  /** Image Updater opens a pull request of its own. */
  updater(number: number, files: Readonly<Record<string, string>>): void {
    this.#heads += 1;
    const pull = this.#pull(number, 'image-updater-shop', new Map(Object.entries(files)), '');
    this.pulls.set(number, pull);
    this.tellPull(pull, { login: 'image-updater[bot]', isBot: true });
  }

  #pull(number: number, branch: string, files: Files, body: string): Pull {
    return {
      number,
      title: '',
      open: true,
      merged: false,
      updatedAt: this.instant(),
      head: { sha: this.#head(), ref: branch, repository: 1 },
      base: { ref: 'main', repository: 1 },
      labels: [],
      comments: 0,
      body,
      files,
      checks: {},
      approvals: [],
      rejected: false,
      armed: null,
    };
  }

  #head(): Sha {
    this.#heads += 1;
    return Sha.parse(`e${String(this.#heads).padStart(39, '0')}`);
  }

  #merge(number: number, by: By): void {
    const pull = this.pulls.get(number) ?? assert.fail();
    this.pulls.set(number, { ...pull, open: false, merged: true, updatedAt: this.instant() });
    this.push(Object.fromEntries(pull.files), by);
    this.tellPull(this.pulls.get(number) ?? pull, by);
  }

  #later(seconds: number, happen: () => void): void {
    this.#moments.push({ at: this.now + seconds, happen });
  }

  until(second: number): void {
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
    const looks = [...this.known.promotions.values()].map(({ key, dueAt }) => ({
      at: secondOf(dueAt),
      happen: () => void this.enter({ kind: 'promotion-due', target: key }),
    }));
    const held = [...this.#owed.values()].map(({ lane, notBefore }) => ({
      at: this.#underWay.has(lane) ? Infinity : secondOf(notBefore ?? null),
      happen: () => {},
    }));
    return [...looks, ...held];
  }

  enter(event: Event): string | undefined {
    this.log.push(`${this.now}: ${inShort(event)}`);
    const planned = plan(event, this.known, this.instant());
    if (planned.known !== undefined) {
      keep(planned.known);
      this.known = planned.known;
    }
    if ('ignored' in planned) return planned.ignored;
    for (const owed of planned.effects) {
      const isUnderWay = this.#underWay.get(owed.lane) === JSON.stringify(owed.effect);
      if (owed.effect === undefined || owed.done === true || isUnderWay) this.#owed.delete(owed.lane);
      else this.#owed.set(owed.lane, owed);
    }
    return undefined;
  }

  #perform(): void {
    for (let passed = 0; ; passed += 1) {
      assert.ok(passed < MOST, 'it comes to rest');
      const ready = [...this.#owed.values()].filter(
        ({ lane, notBefore = 0 }) => notBefore <= this.instant() && !this.#underWay.has(lane),
      );
      const [next] = ready.sort((one, other) => one.class - other.class);
      if (next?.effect === undefined) return;
      this.#owed.delete(next.lane);
      this.#underWay.set(next.lane, JSON.stringify(next.effect));
      this.log.push(`${this.now}:     ${next.effect.kind} ${next.lane}`);
      const { answers } = this.#arriving;
      const delay = answers[this.#answered++ % answers.length] ?? 0;
      if (next.effect.kind === 'merge-promotion') this.#judge(next.effect.number);
      if (next.effect.kind === 'merge-promotion' && delay > 0) {
        this.#mergeSlowly(next.lane, next.effect, delay);
        continue;
      }
      const learned = this.#act(next.effect);
      if (delay === 0) {
        this.#underWay.delete(next.lane);
        this.enter({ kind: 'performed', learned });
        continue;
      }
      this.#later(delay, () => {
        this.#underWay.delete(next.lane);
        this.enter({ kind: 'performed', learned });
      });
    }
  }

  /** By what GitHub has answered when it was asked last: what comes to be while a call is under way nobody can know. */
  #judge(number: number): void {
    const { at = -Infinity, isGreen = false } = this.#looks.get(number) ?? {};
    if (!isGreen || this.now - at > 120) this.forbidden.push(`#${number} at ${this.now}`);
  }

  /** It is done when the answer comes. */
  #mergeSlowly(lane: string, effect: Effect, delay: number): void {
    if (this.#merging.size > 0) this.overlaps.push(`${lane} at ${this.now}`);
    this.#merging.add(lane);
    this.#later(delay, () => {
      this.#merging.delete(lane);
      const learned = this.#act(effect);
      this.#underWay.delete(lane);
      this.enter({ kind: 'performed', learned });
    });
  }

  #act(effect: Effect): Learned {
    switch (effect.kind) {
      case 'read-base': {
        this.calls.push('base');
        const files = [...this.files].filter(([path]) => path !== RULES).map(([path, text]) => ({ path, text }));
        const { at } = effect;
        const rules = this.files.get(RULES) ?? null;
        const base = { branch: 'main', sha: this.baseSha, tree: this.baseSha, at, rules, organisation: null, files };
        return { kind: 'base', base };
      }
      case 'read-source': {
        this.calls.push(`source ${nameOf(effect.sha)} ${effect.present === null ? 'alone' : nameOf(effect.present)}`);
        const { target, repository, sha, present } = effect;
        const [order, onDefaultBranch] = this.ancestry
          ? ([orderOf(sha, present), sha.startsWith('a')] as const)
          : (['unknown', null] as const);
        return { kind: 'source', target, facts: { repository, sha, present, order, onDefaultBranch } };
      }
      case 'read-branch': {
        this.calls.push(`branch ${effect.branch}`);
        const pull = [...this.pulls.values()].find(({ head }) => head.ref === effect.branch);
        const files = [...(pull?.files ?? [])].map(([path, after]) => ({
          path,
          before: this.files.get(path) ?? null,
          after,
        }));
        return { kind: 'proposed', branch: effect.branch, sha: effect.sha, files };
      }
      case 'write-promotion':
        return this.#write(effect);
      case 'write-check': {
        const { target, id, head, conclusion, summary } = effect;
        this.calls.push(`check ${conclusion ?? 'waits'}`);
        const known = this.checks.get(head);
        assert.equal(id, known?.id ?? null, 'one check run a head');
        const written = { id: known?.id ?? this.checks.size + 1, text: effect };
        this.checks.set(head, written);
        return { kind: 'check-written', target, id: written.id, head, summary };
      }
      case 'read-gates': {
        this.calls.push(`gates #${effect.number}`);
        const pull = this.pulls.get(effect.number) ?? assert.fail();
        const { open, merged, labels, checks, approvals, number } = pull;
        this.#looks.set(number, { at: this.now, isGreen: checks['ci'] === 'success' && !labels.includes('hold') });
        const gates = {
          number,
          at: effect.at,
          head: pull.head.sha,
          open,
          merged,
          into: pull.base.ref,
          armed: armedAs(pull, effect.queue),
          byRobot: !open && !pull.rejected,
          labels,
          checks: { ...checks },
          approvals: approvals.map((login) => ({ login, teams: [] })),
          // A branch that somebody has made may say what it likes.
          rules: pull.base.ref === 'main' ? (this.files.get(RULES) ?? null) : LAX,
          organisation: null,
        };
        return { kind: 'gates', target: effect.target, gates };
      }
      case 'merge-promotion': {
        const { number, target, head, via } = effect;
        const pull = this.pulls.get(number) ?? assert.fail();
        this.calls.push(`merge #${number}${via === 'direct' ? '' : ` ${via}`}`);
        if (this.refuses !== undefined)
          return { kind: 'unmerged', target, number, why: this.moves ? 'moved' : 'refused', words: this.refuses };
        if (!pull.open || pull.head.sha !== head || this.#conflicts(pull)) {
          return { kind: 'unmerged', target, number, why: 'moved', words: 'it has moved' };
        }
        if (via !== 'direct') {
          this.pulls.set(number, { ...pull, armed: via });
          return { kind: 'merged', target, number, sha: 'left' };
        }
        this.#merge(number, HAWSER);
        return { kind: 'merged', target, number, sha: this.baseSha };
      }
      case 'disarm-promotion': {
        const { number, target } = effect;
        this.calls.push(`disarm #${number}`);
        const pull = this.pulls.get(number) ?? assert.fail();
        if (pull.merged) return { kind: 'merged', target, number, sha: this.baseSha };
        this.pulls.set(number, { ...pull, armed: null });
        return { kind: 'disarmed', target, number };
      }
      case 'close-pull': {
        this.calls.push(`close #${effect.number}`);
        if (this.pulls.get(effect.number)?.open === true) this.close(effect.number, HAWSER);
        return { kind: 'nothing' };
      }
      case 'tell':
        this.calls.push(`tell ${effect.event.kind} ${effect.to}`);
        this.told.push(effect.event);
        return { kind: 'nothing' };
      case 'list-pulls':
        return { kind: 'pulls', pulls: [] };
      case 'write-comment':
        this.calls.push(`comment #${effect.number} ${effect.body.split('\n').at(-1)}`);
        return { kind: 'comment', number: effect.number, id: effect.number, body: effect.body };
      default:
        return assert.fail(`no promotion leads to ${effect.kind}`);
    }
  }

  /** What it was built on is not what is there now. */
  #conflicts({ files }: Pull): boolean {
    return [...files].some(([path]) => !this.files.has(path));
  }

  #write(effect: Extract<Effect, { kind: 'write-promotion' }>): Learned {
    const { target, branch, files, body, title } = effect;
    const written = effect.number === null ? undefined : this.pulls.get(effect.number);
    if (written?.open === false) {
      this.calls.push(`find #${written.number} closed`);
      return { kind: 'pull', number: written.number, pull: told(written), sweep: false };
    }
    const own = [...this.pulls.values()].filter((each) => each.open && each.head.ref === branch);
    assert.ok(own.length <= 1, 'one open pull request a branch');
    const number = own[0]?.number ?? Math.max(0, ...this.pulls.keys()) + 1;
    this.calls.push(`${own.length === 0 ? 'open' : 'update'} #${number} ${title}`);
    const before = this.pulls.get(number);
    const texts = new Map(files.map(({ path, text }) => [path, text]));
    const pull = { ...this.#pull(number, branch, texts, body), title, labels: before?.labels ?? [] };
    this.pulls.set(number, pull);
    this.tellPull(pull, HAWSER);
    return { kind: 'promotion-written', target, number, head: pull.head.sha, body };
  }

  /** For the end of a story. */
  open(): readonly string[] {
    return [...this.pulls.values()].filter(({ open }) => open).map(({ number, title }) => `#${number} ${title}`);
  }

  summary(number: number): string {
    const pull = this.pulls.get(number) ?? assert.fail();
    return this.checks.get(pull.head.sha)?.text.summary ?? '';
  }
}

/** Of a queue it tells where that is asked alone. */
function armedAs({ armed }: Pull, queue: boolean): boolean | null {
  if (armed === 'auto') return true;
  return queue ? armed === 'queue' : null;
}

/** As GitHub tells of it. */
function told({ number, title, open, merged, updatedAt, head, base, labels, comments }: Pull): PullRequest {
  return { number, title, open, merged, updatedAt, head, base, labels, comments };
}

function inShort(event: Event): string {
  switch (event.kind) {
    case 'image':
      return `image ${event.candidate.tag}`;
    case 'pull-request': {
      const { number, open, merged, head, labels } = event.pull;
      return `#${number} ${merged ? 'merged' : open ? 'open' : 'closed'} ${nameOf(head.sha)} [${labels.join()}] by ${event.by?.login}`;
    }
    case 'performed':
      return `learned ${JSON.stringify(event.learned).slice(0, 160)}`;
    default:
      return JSON.stringify(event).slice(0, 160);
  }
}

function nameOf(sha: Sha): string {
  return `${sha.startsWith('b') ? 'x' : 'a'}${Number(sha.slice(1))}`;
}

function secondOf(instant: Instant | null): number {
  return instant === null ? Infinity : Math.ceil((instant - T0) / 1000);
}

function keep({ promotions, desk }: Known): void {
  for (const value of promotions.values()) requireAsARow(Promotion, value);
  requireAsARow(Desk, desk);
}
