/**
 * The shipped set from end to end: a label on GitHub, Hawser's refresh call, Argo CD's webhook, its generators, the Application that
 * they make, its notifications, Hawser, and the deployment on the pull request's head. And what the shipped workflows' scripts do.
 */
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { Stack } from '../local/stack.ts';
import { APP, type ArgoCD, DEPLOYMENT, NAME, OWNER, type Scene, script, withScene } from './chain-scene.ts';
import { differing, type Failures } from './failures.ts';
import { here } from './judged-set.ts';

const IMAGE = `ghcr.io/${APP}`;
const PATIENCE = 30_000;

const stories: Readonly<Record<string, (scene: Scene) => Promise<Failures>>> = {
  'a preview, from its label to its end': preview,
  'what a workflow hands on: to the sandbox, whose deployment Hawser adopts': handedOn,
};

export function chain(directory: string): Promise<ReadonlyMap<string, Failures>> {
  return withScene(directory, async (scene) => {
    const told = new Map<string, Failures>();
    for (const [name, story] of Object.entries(stories)) {
      told.set(`the shipped set: ${name}`, await story(scene).catch((error: unknown) => [String(error)]));
    }
    return told;
  });
}

async function preview(scene: Scene): Promise<Failures> {
  const { stack, argoCD } = scene;
  const { github } = stack;
  const as = github.as('octo');
  const first = await github.commit({ repository: APP, branch: 'feat/basket', message: 'A basket' });
  await does(as('POST', `/repos/${APP}/pulls`, { title: 'feat: a basket', head: 'feat/basket', base: 'main' }));
  await does(as('POST', `/repos/${APP}/issues/1/labels`, { labels: ['preview'] }));

  const made = await argoCD.first(madeOf(`${NAME}-pr-1`, first));
  // `Deploy / preview`: Hawser's deployment is there, or comes within seconds.
  const found = await script('ensure-deployment', scene, { ENVIRONMENT: 'preview', SHA: first, PR: '1' });
  argoCD.order({ synced: { application: `${NAME}-pr-1`, phase: 'Running', health: 'Progressing' } });
  await until('the preview rolls out', () => statesOf(stack, 'preview').at(-1) === 'in_progress');
  argoCD.order({ synced: { application: `${NAME}-pr-1`, phase: 'Succeeded', health: 'Healthy' } });
  await until('the preview is there', () => statesOf(stack, 'preview').at(-1) === 'success');
  const [deployment] = deploymentsTo(stack, 'preview');
  const status = deployment?.statuses.at(-1);

  const second = await github.commit({ repository: APP, branch: 'feat/basket', message: 'With a sum' });
  await argoCD.first(madeOf(`${NAME}-pr-1`, second));
  argoCD.order({ synced: { application: `${NAME}-pr-1`, phase: 'Succeeded', health: 'Healthy' } });
  await until('the second head is there', () => statesOf(stack, 'preview').at(-1) === 'success' && shas(stack) === 2);

  await does(as('DELETE', `/repos/${APP}/issues/1/labels/preview`));
  await argoCD.first((one) => ('deleting' in one && one.deleting === `${NAME}-pr-1` ? true : undefined));
  argoCD.order({ gone: `${NAME}-pr-1` });
  await argoCD.first((one) => ('gone' in one && one.gone === `${NAME}-pr-1` ? true : undefined));
  await until('all of it is inactive', () => statesOf(stack, 'preview').every((state) => state === 'inactive'));

  return [
    ...differing('the annotations', made.annotations, {
      'github.com/branch-slug': 'feat-basket',
      'github.com/environment': 'preview',
      'github.com/environment-url': here('https://feat-basket.example-preview.dev'),
      'github.com/image': IMAGE,
      'github.com/owner': OWNER,
      'github.com/pr': '1',
      'github.com/repo': NAME,
      'github.com/sha': first,
    }),
    ...differing('the images', made.images, [`${IMAGE}:${first}`]),
    ...differing(
      'the commits',
      deploymentsTo(stack, 'preview').map(({ sha }) => sha),
      [first, second],
    ),
    ...differing('the deployment that the job found', found, String(deployment?.id)),
    ...differing('where it leads', status?.environment_url, here('https://feat-basket.example-preview.dev/')),
    ...differing('where it comes from', status?.log_url, `https://argocd.example.com/applications/argocd/${NAME}-pr-1`),
    ...differing('troubles of Argo CD', troubles(argoCD), []),
    ...differing('answers of its webhook', [...new Set(answers(argoCD))], [200]),
    ...differing('sets that were marked', [...new Set(marked(argoCD))], ['previews']),
  ];
}

async function handedOn(scene: Scene): Promise<Failures> {
  const { stack, argoCD, issuer } = scene;
  const sha = await stack.github.commit({ repository: APP, branch: 'main', message: 'fix: the sum' });
  scene.run.sha = sha;
  const made = await script('ensure-deployment', scene, { ENVIRONMENT: 'sandbox', SHA: sha, PR: '0' });
  const again = await script('ensure-deployment', scene, { ENVIRONMENT: 'sandbox', SHA: sha, PR: '0' });
  await script('tell-hawser', scene, {
    TAG: sha,
    DIGEST: `sha256:${'1'.repeat(64)}`,
    ENVIRONMENT: 'sandbox',
    AUDIENCE: 'hawser',
    HAWSER_URL: stack.hawser.url,
    ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'the-runs-own',
  });
  const promotions = async () =>
    z
      .array(z.object({ head: z.object({ ref: z.string() }) }))
      .parse((await stack.github.as('octo')('GET', `/repos/${DEPLOYMENT}/pulls`)).body)
      .map(({ head }) => head.ref);
  await until('the promotion is proposed', async () => (await promotions()).length > 0);
  const proposed = await promotions();

  // A person, or Hawser by its rules, merges it, and Argo CD follows.
  argoCD.order({
    synced: { application: `${NAME}-sandbox`, phase: 'Running', health: 'Healthy', images: [`${IMAGE}:${sha}`] },
  });
  argoCD.order({
    synced: { application: `${NAME}-sandbox`, phase: 'Succeeded', health: 'Healthy', images: [`${IMAGE}:${sha}`] },
  });
  await until('the sandbox has it', () => statesOf(stack, 'sandbox').at(-1) === 'success');
  return [
    ...differing('the promotions', proposed, [`hawser/sandbox/${NAME}`]),
    ...differing('the deployment that a second attempt found', again, made),
    ...differing(
      'the deployments to the sandbox',
      deploymentsTo(stack, 'sandbox').map(({ id, sha: of }) => [String(id), of]),
      [[made, sha]],
    ),
  ];
}

function madeOf(name: string, sha: string) {
  return (told: ArgoCD['told'][number]) =>
    'made' in told && told.made.name === name && told.made.annotations?.['github.com/sha'] === sha
      ? told.made
      : undefined;
}

function deploymentsTo({ github }: Stack, environment: string) {
  return github.deployments(APP).filter((each) => each.environment === environment);
}

const statesOf = (stack: Stack, environment: string) =>
  deploymentsTo(stack, environment).map(({ statuses }) => statuses.at(-1)?.state);
const shas = (stack: Stack) => new Set(deploymentsTo(stack, 'preview').map(({ sha }) => sha)).size;
const answers = ({ told }: ArgoCD) => told.flatMap((one) => ('answered' in one ? [one.answered] : []));
const marked = ({ told }: ArgoCD) => told.flatMap((one) => ('marked' in one ? [one.marked] : []));
const troubles = ({ told }: ArgoCD) => told.flatMap((one) => ('trouble' in one ? [one.trouble] : []));

async function does(call: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await call;
  if (status >= 300) throw new Error(`GitHub answered ${status}: ${JSON.stringify(body)}`);
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < PATIENCE; waited += 50) {
    if (await isSo()) return;
    await wait(50);
  }
  throw new Error(`waited in vain: ${what}`);
}
