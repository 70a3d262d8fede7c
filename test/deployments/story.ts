/** The words that the cases are told in. A case is data: what happens, and which calls GitHub gets to see for it. */
import type { Word } from '../../local/application.ts';

export type Step =
  /** Argo CD notifies; `app` may be `instance:name`. `at` is the second of its arrival. */
  | { readonly kind: 'says'; readonly app: string; readonly word: Word; readonly at?: number }
  /** From now on Argo CD's API answers so about `app`: `gone` as it does of one that it doesn't show, `down` not at all. */
  | { readonly kind: 'runs'; readonly app: string; readonly word: Word | 'gone' | 'down'; readonly at?: number }
  /** Nothing happens until this second; what time alone brings about is brought about. */
  | { readonly kind: 'until'; readonly at: number }
  /** GitHub tells of a pull request as it is at this second, or was at the second `updated`. */
  | { readonly kind: 'pull'; readonly look: Look; readonly at?: number }
  /** The pull request changes, and GitHub's delivery of it is lost. */
  | { readonly kind: 'unheard'; readonly look: Look; readonly at?: number }
  | { readonly kind: 'comments'; readonly number?: number; readonly at?: number }
  /** A workflow made deployment `id` and asks for it to be adopted. */
  | {
      readonly kind: 'adopts';
      readonly id: number;
      readonly sha: string;
      readonly pr?: number;
      readonly environment?: string;
      readonly at?: number;
    }
  /** A promotion of `acme/shop-deployment` waits for a commit in an environment. */
  | { readonly kind: 'waits'; readonly environment: string; readonly sha: string; readonly at?: number }
  /** A promotion of `acme/shop-deployment` was merged: its digest is this commit. */
  | {
      readonly kind: 'promoted';
      readonly environment: string;
      readonly digest: string;
      readonly sha: string;
      readonly at?: number;
    }
  /** CI tells of an image; the overlay of this run, and rules that merge it, are there. */
  | { readonly kind: 'publishes'; readonly tag: string; readonly at?: number }
  /** The cron's tick: the truth is asked for, or what was found is allowed to go. */
  | { readonly kind: 'sweep' | 'removal'; readonly at?: number }
  /** Somebody pushes a Git tag to the application's repository. */
  | { readonly kind: 'tag'; readonly name: string; readonly sha: string };

/** A pull request, where it differs from `#7 feat-x, open, labelled preview, from the repository itself`. */
export type Look = {
  readonly number?: number;
  readonly sha: string;
  readonly branch?: string;
  readonly base?: string;
  readonly title?: string;
  readonly labels?: readonly string[];
  readonly open?: boolean;
  readonly merged?: boolean;
  readonly fork?: boolean;
  /** Who has just put its labels on, or opened it with them. */
  readonly by?: string;
  /** Second of its last change; by default that of its arrival. */
  readonly updated?: number;
  /** Of its second, another look is the newer, though this one is heard of later. */
  readonly late?: boolean;
  readonly comments?: number;
};

export type Case = {
  readonly name: string;
  /** Notifications arrive a second after each other, unless a step says when. */
  readonly story: readonly Step[];
  /**
   * What GitHub gets to see, in order: `create #1 <sha> <environment>`, `#1 <state> <description>`, `tag <name>`; and Argo CD: `ask <name>`.
   * Deployments are numbered as they are created. Commits are shortened to `s1`, `s2`, `s3`. The order is promised for
   * each deployment alone.
   */
  readonly github: readonly string[];
  /** What `/api` lists beside it, by application: `shop: <reason>`. */
  readonly unresolved?: readonly string[];
  readonly failures?: readonly string[];
  /** Of the answers, those that are not 202: the index of the step, and why it was ignored. */
  readonly ignored?: Readonly<Record<number, string>>;
  /** Who may write to the repository. */
  readonly writers?: readonly string[];
  /** `hawser.yaml`, where the defaults don't tell the story. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Each call is followed by its links, and a deployment by what kind of environment it is for. */
  readonly detailed?: true;
};

/** The operation runs; what it applies is known. */
export function running(app: string, word: Word, at?: number): Step {
  return says(app, { phase: 'Running', health: 'Healthy', healthAt: -100, ...word }, at);
}

/** It has been applied, and health has not come yet. */
export function synced(app: string, word: Word, at?: number): Step {
  return says(app, { phase: 'Succeeded', health: 'Progressing', ...word }, at);
}

/** Applied, and health has come after it. */
export function healthy(app: string, word: Word, at?: number): Step {
  return says(app, { phase: 'Succeeded', health: 'Healthy', ...word }, at);
}

/** It never got to apply: no result, no revision, no image. */
export function failedEarly(app: string, word: Word, at?: number): Step {
  return says(app, { phase: 'Error', noResult: true, manifests: null, ...word }, at);
}

export function deleted(app: string, word: Word, at?: number): Step {
  return says(app, { health: 'Healthy', ...word, deleted: true }, at);
}

export function says(app: string, word: Word, at?: number): Step {
  return at === undefined ? { kind: 'says', app, word } : { kind: 'says', app, word, at };
}

/** What Argo CD's API answers about it from now on; nobody is told. */
export function runs(app: string, word: Word | 'gone' | 'down', at?: number): Step {
  return at === undefined ? { kind: 'runs', app, word } : { kind: 'runs', app, word, at };
}

/** GitHub tells of a pull request with the label. */
export function pull(look: Look, at?: number): Step {
  return at === undefined ? { kind: 'pull', look } : { kind: 'pull', look, at };
}

export function until(at: number): Step {
  return { kind: 'until', at };
}

export function tag(name: string, sha: string): Step {
  return { kind: 'tag', name, sha };
}

/** The calls of each deployment, and the look-ups of each tag: in what order these come among each other is left open. */
export function perDeployment(calls: readonly string[]): Partial<Record<string, string[]>> {
  return Object.groupBy(calls, (call) => /^(?:create )?(#\d+)/.exec(call)?.[1] ?? call.split(' ')[0] ?? call);
}
