/** The words that the stories of promotions are told in: what happens, and which calls GitHub gets to see for it. */
import type { Checks } from '../../schemas/proposal.ts';
import { BOSS, IMAGE, overlay, type PromotionWorld } from './promotion-world.ts';

export type Step = (world: PromotionWorld) => void;

export type Case = {
  readonly name: string;
  /** The rules file; without it there is none. */
  readonly rules?: string;
  /** What the base holds; without it, `overlays/sandbox` that pins `v1.0.0`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly story: readonly Step[];
  /** Seconds until each answer is learned, over and over. */
  readonly answers?: readonly number[];
  /** Every call in its order, but for reads of the base. */
  readonly calls: readonly string[];
  readonly open: readonly string[];
  /** What each environment pins in the end. */
  readonly pins?: Readonly<Record<string, string>>;
  /** What `/api` says of the first target. */
  readonly says?: string;
};

export const path = (environment: string) => `overlays/${environment}/kustomization.yaml`;
export const pinned = (environment: string, tag: string, image = IMAGE) => ({
  [path(environment)]: overlay({ [image]: tag }),
});

export const at =
  (second: number, ...steps: readonly Step[]): Step =>
  (world) => {
    world.until(second);
    for (const step of steps) step(world);
  };
export const image =
  (tag: string, sha?: string, more: Record<string, unknown> = {}): Step =>
  (world) =>
    world.image(tag, sha, more);
export const check =
  (number: number, conclusion: Checks[string], name = 'ci'): Step =>
  (world) =>
    world.check(number, name, conclusion);
export const approve =
  (number: number, login: string): Step =>
  (world) =>
    world.approve(number, login);
export const close =
  (number: number, by = BOSS): Step =>
  (world) =>
    world.close(number, by);
export const mergeByHand =
  (number: number): Step =>
  (world) =>
    world.mergeByHand(number);
export const label =
  (number: number, ...labels: string[]): Step =>
  (world) =>
    world.change(number, { labels });
export const reopen =
  (number: number): Step =>
  (world) =>
    world.change(number, { open: true });
export const push =
  (files: Readonly<Record<string, string>>, by = BOSS): Step =>
  (world) =>
    world.push(files, by);
export const environment =
  (name: string, sha: string, state: 'success' | 'failure' | 'in_progress'): Step =>
  (world) =>
    world.environment(name, sha, state);
export const updater =
  (number: number, files: Readonly<Record<string, string>>): Step =>
  (world) =>
    world.updater(number, files);
export const refuses =
  (words: string | undefined): Step =>
  (world) => {
    world.refuses = words;
  };
export const leave =
  (number: number, native: 'armed' | 'disarmed', by = BOSS): Step =>
  (world) =>
    world.leave(number, native, by);
/** Somebody turns it to another branch. */
export const turn =
  (number: number, ref: string): Step =>
  (world) =>
    world.change(number, { base: { ref, repository: 1 } });
/** Somebody else writes to its branch. */
export const overwrite =
  (number: number): Step =>
  (world) =>
    world.overwrite(number);
/** It changes on GitHub, and no webhook says so. */
export const unheard =
  (number: number, next: Parameters<PromotionWorld['change']>[1]): Step =>
  (world) =>
    world.unheard(number, next);
export const sweep: Step = (world) => void world.enter({ kind: 'sweep' });
export const untold: Step = (world) => {
  world.ancestry = false;
};

export const QUEUE = { login: 'github-merge-queue[bot]', isBot: true };
export const ROBOT = { login: 'renovate[bot]', isBot: true };
export const RULES = '.github/image-promotion.yml';
export const AUTO = rules('require: { checks: [ci] }');
export const FREE = rules('require: {}');

/** One rule for everything, and what it says besides. */
export function rules(...lines: readonly string[]): string {
  return ['version: 1', 'rules:', '  - action: auto', ...lines.map((line) => `    ${line}`), ''].join('\n');
}
