/** The demo's story: what people and Argo CD do, scene by scene, and what GitHub must show when it is over. */
import type { Word } from './application.ts';

export type Beat =
  | { readonly kind: 'push'; readonly commit: string; readonly branch: string; readonly message: string }
  /** Files of the deployment repository, as its people push them. */
  | { readonly kind: 'lays'; readonly files: Readonly<Record<string, string>>; readonly tell: string }
  /** CI tells Hawser of an image that it has built from a commit. */
  | { readonly kind: 'publishes'; readonly tag: string; readonly commit: string }
  /** Hawser has merged the promotion to this environment. */
  | { readonly kind: 'merged'; readonly environment: string; readonly tell: string }
  /** A person's call of GitHub's API, below the repository; `commit`: the letter of the commit that it makes. */
  | {
      readonly kind: 'does';
      readonly who: string;
      readonly method: string;
      readonly path: string;
      readonly body: unknown;
      readonly tell: string;
      readonly commit?: string;
    }
  | { readonly kind: 'says'; readonly app: string; readonly word: Word; readonly tell: string }
  /** Sent once more, as it was: Argo CD repeats itself. */
  | { readonly kind: 'again'; readonly tell: string }
  /** An older word of the application that arrives only now. */
  | { readonly kind: 'late'; readonly app: string; readonly word: Word; readonly tell: string }
  /** Somebody takes the time in which Hawser writes all that it owes. */
  | { readonly kind: 'rest'; readonly tell: string }
  /** Time alone brings about this state of the newest deployment. */
  | { readonly kind: 'until'; readonly state: string; readonly tell: string };

export type Scene = { readonly title: string; readonly beats: readonly Beat[] };

const PR = 1;
const preview = {
  environment: 'preview',
  pr: PR,
  annotations: { 'github.com/branch-slug': 'checkout' },
} as const;

const IMAGE = 'ghcr.io/acme/shop';
const overlay = (tag: string) => `resources: [../../base]
images:
  - name: ${IMAGE}
    newTag: ${tag} # the one line that promotions change
`;
/** Windows that are hours in an organisation are seconds here. */
const RULES = `version: 1
rules:
  - match: { environments: [sandbox] }
    action: auto
  - match: { environments: [production], tags: "^v", increment: minor }
    action: auto
    require:
      after: { environment: sandbox, soak: 3s }
`;

export const scenes: readonly Scene[] = [
  {
    title: 'A pull request is labelled, gets its preview, is pushed to again, and is merged',
    beats: [
      { kind: 'push', commit: 'A', branch: 'checkout', message: 'A new checkout' },
      does(
        'octo',
        'POST',
        '/pulls',
        { title: 'A new checkout', head: 'checkout', base: 'main' },
        'open pull request #1',
      ),
      does('octo', 'POST', `/issues/${PR}/labels`, { labels: ['preview'] }, 'label it preview'),
      says(
        'shop-pr-1',
        { ...preview, op: 0, phase: 'Running', noResult: true, health: 'Missing', requested: [`${IMAGE}:A`] },
        'Running',
      ),
      says(
        'shop-pr-1',
        { ...preview, op: 0, phase: 'Succeeded', health: 'Progressing', sha: 'A' },
        'Succeeded, Progressing',
      ),
      { kind: 'again', tell: 'the same once more' },
      says('shop-pr-1', { ...preview, op: 0, phase: 'Succeeded', health: 'Healthy', sha: 'A' }, 'Succeeded, Healthy'),
      { kind: 'push', commit: 'B', branch: 'checkout', message: 'Round the total' },
      says(
        'shop-pr-1',
        {
          ...preview,
          op: 60,
          phase: 'Running',
          noResult: true,
          health: 'Healthy',
          healthAt: 6,
          requested: [`${IMAGE}:B`],
          manifests: 'M2',
        },
        'Running',
      ),
      says(
        'shop-pr-1',
        { ...preview, op: 60, phase: 'Succeeded', health: 'Healthy', sha: 'B', manifests: 'M2' },
        'Succeeded, Healthy',
      ),
      {
        kind: 'late',
        app: 'shop-pr-1',
        word: { ...preview, op: 0, phase: 'Running', health: 'Progressing', sha: 'A', generation: 2 },
        tell: 'Running, of the first push, late',
      },
      { kind: 'rest', tell: 'ada: read the comment, look at the preview' },
      does('ada', 'POST', `/pulls/${PR}/reviews`, { event: 'APPROVE' }, 'approve it'),
      {
        ...does('octo', 'PUT', `/pulls/${PR}/merge`, { merge_method: 'squash' }, 'merge it'),
        commit: 'C',
      },
      says('shop-pr-1', { ...preview, op: 60, health: 'Healthy', sha: 'B', manifests: 'M2', deleted: true }, 'deleted'),
    ],
  },
  {
    title: 'A release goes to production: two applications, one deployment',
    beats: [
      says(
        'shop-api',
        { op: 120, phase: 'Running', sha: 'C', health: 'Healthy', healthAt: 0, manifests: 'M3' },
        'Running',
      ),
      says(
        'shop-web',
        { op: 122, phase: 'Running', sha: 'C', health: 'Healthy', healthAt: 0, manifests: 'M3' },
        'Running',
      ),
      says(
        'shop-api',
        { op: 120, phase: 'Succeeded', health: 'Healthy', sha: 'C', manifests: 'M3' },
        'Succeeded, Healthy',
      ),
      says(
        'shop-web',
        { op: 122, phase: 'Succeeded', health: 'Progressing', sha: 'C', manifests: 'M3' },
        'Succeeded, Progressing',
      ),
      says(
        'shop-web',
        { op: 122, phase: 'Succeeded', health: 'Healthy', sha: 'C', manifests: 'M3' },
        'Succeeded, Healthy',
      ),
    ],
  },
  {
    title: 'The next release degrades, and recovers',
    beats: [
      { kind: 'push', commit: 'D', branch: 'main', message: 'Release 1.5.0' },
      says(
        'shop-web',
        { op: 240, phase: 'Succeeded', health: 'Healthy', sha: 'D', manifests: 'M4' },
        'Succeeded, Healthy',
      ),
      says(
        'shop-api',
        { op: 241, phase: 'Running', sha: 'D', health: 'Healthy', healthAt: 0, manifests: 'M4' },
        'Running',
      ),
      says(
        'shop-api',
        {
          op: 241,
          phase: 'Succeeded',
          health: 'Degraded',
          healthMessage: 'Deployment "shop-api" exceeded its progress deadline',
          sha: 'D',
          manifests: 'M4',
        },
        'Succeeded, Degraded',
      ),
      { kind: 'until', state: 'failure', tell: 'Degraded has held for degradedAfter' },
      says(
        'shop-api',
        { op: 241, phase: 'Succeeded', health: 'Healthy', healthAt: 300, sha: 'D', manifests: 'M4' },
        'Succeeded, Healthy',
      ),
    ],
  },
  {
    title: 'It is rolled back by reverting its commit in the deployment repository',
    beats: [
      says(
        'shop-api',
        { op: 360, phase: 'Running', sha: 'C', health: 'Healthy', healthAt: 300, manifests: 'M5' },
        'Running',
      ),
      says(
        'shop-api',
        { op: 360, phase: 'Succeeded', health: 'Healthy', sha: 'C', manifests: 'M5' },
        'Succeeded, Healthy',
      ),
      says(
        'shop-web',
        { op: 361, phase: 'Succeeded', health: 'Healthy', sha: 'C', manifests: 'M5' },
        'Succeeded, Healthy',
      ),
    ],
  },
  {
    title: 'A release is published: to the sandbox by rule, and to production once it has stood there long enough',
    beats: [
      {
        kind: 'lays',
        files: {
          'overlays/sandbox/kustomization.yaml': overlay('v1.4.0'),
          'overlays/production/kustomization.yaml': overlay('v1.4.0'),
          '.github/image-promotion.yml': RULES,
        },
        tell: 'acme/shop-deployment: its overlays, and the rules of its promotions',
      },
      { kind: 'push', commit: 'E', branch: 'main', message: 'Release 1.6.0' },
      { kind: 'publishes', tag: 'v1.6.0', commit: 'E' },
      { kind: 'merged', environment: 'sandbox', tell: 'the sandbox has it' },
      says(
        'shop-sandbox',
        {
          op: 480,
          environment: 'sandbox',
          phase: 'Running',
          images: [`${IMAGE}:v1.6.0`],
          health: 'Progressing',
          manifests: 'M6',
        },
        'Running',
      ),
      says(
        'shop-sandbox',
        {
          op: 480,
          environment: 'sandbox',
          phase: 'Succeeded',
          images: [`${IMAGE}:v1.6.0`],
          health: 'Healthy',
          manifests: 'M6',
        },
        'Succeeded, Healthy',
      ),
      { kind: 'merged', environment: 'production', tell: 'it has stood in the sandbox for 3 s' },
      says(
        'shop-api',
        { op: 600, phase: 'Succeeded', images: [`${IMAGE}:v1.6.0`], health: 'Healthy', manifests: 'M7' },
        'Succeeded, Healthy',
      ),
      says(
        'shop-web',
        { op: 600, phase: 'Succeeded', images: [`${IMAGE}:v1.6.0`], health: 'Healthy', manifests: 'M7' },
        'Succeeded, Healthy',
      ),
    ],
  },
];

/** Oldest first: environment, commit and state of each deployment at the end. */
export const ending: readonly (readonly [environment: string, commit: string, state: string])[] = [
  ['preview', 'A', 'inactive'],
  ['preview', 'B', 'inactive'],
  ['production', 'C', 'inactive'],
  ['production', 'D', 'inactive'],
  ['production', 'C', 'inactive'],
  ['sandbox', 'E', 'success'],
  ['production', 'E', 'success'],
];

function does(who: string, method: string, path: string, body: unknown, tell: string) {
  return { kind: 'does', who, method, path, body, tell } as const;
}

function says(app: string, word: Word, tell: string): Beat {
  return { kind: 'says', app, word, tell };
}
