/** Generates what happens to pull requests and in Argo CD, move by move, and how the words of it arrive. */
import * as fc from 'fast-check';
import { s1, s2, s3 } from '../../local/application.ts';

export const NUMBERS = [7, 8] as const;
export type Number = (typeof NUMBERS)[number];

/** How an application's operations on a commit always end; `flaky`: the first fails, the next succeeds. */
export type Fate = 'healthy' | 'settles' | 'fails' | 'degrades' | 'hangs' | 'flaky';

export type Move =
  | { readonly kind: 'push'; readonly number: Number; readonly sha: string }
  | { readonly kind: 'label'; readonly number: Number; readonly by: 'boss' | 'stranger' }
  | { readonly kind: 'unlabel' | 'close' | 'merge' | 'reopen' | 'retitle'; readonly number: Number }
  /** Argo CD goes on with one of the pull request's applications, whatever is next there. */
  | { readonly kind: 'argocd'; readonly number: Number; readonly app: number };

export type Life = {
  readonly moves: readonly { readonly move: Move; readonly gap: number }[];
  readonly fates: readonly Fate[];
  /** Of each pull request: whether it comes from a fork, and how many applications Argo CD makes of it. */
  readonly forks: Readonly<Record<Number, boolean>>;
  readonly applications: Readonly<Record<Number, number>>;
  /** Both have one branch, and so one slug. */
  readonly namesakes: boolean;
  readonly config: { readonly forks: 'deny' | 'approve'; readonly environment: string };
};

export type Arriving = {
  /** Seconds until a word arrives, and until that same word arrives again; cycled through. */
  readonly delays: readonly number[];
  readonly repeats: readonly (number | undefined)[];
  /** Which words never arrive, but for the last of each pull request and application. */
  readonly lost: readonly boolean[];
  /** Seconds until an answer to an effect is learned. */
  readonly answers: readonly number[];
};

const number = fc.constantFrom(...NUMBERS);
const pushed = fc.record({ kind: fc.constant('push' as const), number, sha: fc.constantFrom(s1, s2, s3) });
const labelled = fc.record({
  kind: fc.constant('label' as const),
  number,
  by: fc.constantFrom('boss' as const, 'stranger' as const),
});
const changed = fc.record({
  kind: fc.constantFrom('unlabel', 'close', 'merge', 'reopen', 'reopen', 'retitle' as const),
  number,
});
const deployed = fc.record({ kind: fc.constant('argocd' as const), number, app: fc.nat(1) });
const move = fc.oneof(
  { weight: 2, arbitrary: pushed },
  { weight: 3, arbitrary: labelled },
  { weight: 2, arbitrary: changed },
  { weight: 6, arbitrary: deployed },
);

export const life: fc.Arbitrary<Life> = fc.record({
  moves: fc.array(fc.record({ move, gap: fc.constantFrom(0, 1, 1, 2, 5, 20, 90, 2000) }), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
  }),
  fates: fc.array(fc.constantFrom('healthy', 'healthy', 'settles', 'fails', 'degrades', 'hangs', 'flaky' as const), {
    minLength: 6,
    maxLength: 6,
  }),
  forks: fc.record({ 7: fc.boolean(), 8: fc.constant(false) }),
  applications: fc.record({ 7: fc.nat(2), 8: fc.nat(1) }),
  namesakes: fc.boolean(),
  config: fc.record({
    forks: fc.constantFrom('deny' as const, 'approve' as const),
    environment: fc.constantFrom('preview', 'preview-{number}'),
  }),
});

const delay = fc.constantFrom(0, 0, 0, 1, 1, 3, 8, 30, 200, 3000);

/** Everything arrives, in any order. */
export const arriving: fc.Arbitrary<Arriving> = fc.record({
  delays: fc.array(delay, { minLength: 1, maxLength: 40, size: 'max' }),
  repeats: fc.array(fc.option(delay, { nil: undefined, freq: 3 }), { minLength: 1, maxLength: 40, size: 'max' }),
  lost: fc.constant([false]),
  answers: fc.array(fc.constantFrom(0, 0, 1, 4, 40), { minLength: 1, maxLength: 20, size: 'max' }),
});

/** And some never. */
export const arrivingInPart: fc.Arbitrary<Arriving> = fc
  .tuple(arriving, fc.array(fc.boolean(), { minLength: 1, maxLength: 40, size: 'max' }))
  .map(([arrives, lost]) => ({ ...arrives, lost }));
