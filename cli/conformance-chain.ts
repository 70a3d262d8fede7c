/**
 * The shipped set from end to end: a label on GitHub, Hawser's refresh call, Argo CD's webhook, its generators, the Application that
 * they make, its notifications, Hawser, and the deployment on the pull request's head. And what the shipped workflows' scripts do.
 */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as z from 'zod';
import { listen } from '../local/github/server.ts';
import { type Stack, startStack } from '../local/stack.ts';
import { differing, type Failures } from './failures.ts';
import { type GoCommand, startGoCommand } from './go-command.ts';
import { fileOf, here, SET } from './judged-set.ts';
import { type Issuer, startIssuer } from './oidc-issuer.ts';

const OWNER = here('example-org');
const NAME = here('example-app');
const APP = `${OWNER}/${NAME}`;
const DEPLOYMENT = `${APP}-deployment`;
const IMAGE = `ghcr.io/${APP}`;
const SECRET = 'the-secret-of-the-webhook';
const PATIENCE = 30_000;

const Made = z.object({
  name: z.string(),
  annotations: z.record(z.string(), z.string()).nullable(),
  images: z.array(z.string()).nullable(),
});
const Told = z.union([
  z.object({ url: z.string() }),
  z.object({ connected: z.boolean() }),
  z.object({ answered: z.number() }),
  z.object({ marked: z.string() }),
  z.object({ made: Made }),
  z.object({ deleting: z.string() }),
  z.object({ gone: z.string() }),
  z.object({ trouble: z.string() }),
]);
type ArgoCD = GoCommand<z.infer<typeof Told>>;

type Scene = {
  readonly stack: Stack;
  readonly argoCD: ArgoCD;
  readonly issuer: Issuer;
  /** GitHub's API as a run's own token opens it. */
  readonly api: string;
  readonly directory: string;
};
type Run = { sha: string };

export async function chain(directory: string): Promise<ReadonlyMap<string, Failures>> {
  const argoCD = await startGoCommand('control-plane', directory, {}, Told);
  const run: Run = { sha: '' };
  const issuer = await startIssuer(() => ({
    repository: APP,
    sha: run.sha,
    ref: 'refs/heads/main',
    event_name: 'push',
    job_workflow_ref: `${OWNER}/.github/.github/workflows/release.yaml@refs/tags/v1`,
  }));
  try {
    const place = await mkdtemp(join(directory, 'chain-'));
    const url = await argoCD.first((told) => ('url' in told ? told.url : undefined));
    const stack = await startStack({
      hawserPort: 0,
      githubPort: 0,
      directory: place,
      fresh: false,
      deployments: { settle: '1s', degradedAfter: '1s' },
      owners: [OWNER],
      repositories: [NAME, `${NAME}-deployment`, 'argo-config'],
      oidc: { issuer: issuer.url, audience: 'hawser' },
      applicationSets: { url, secret: SECRET },
      log: () => {},
    });
    const actions = await startApi(stack);
    try {
      return await play({ stack, argoCD, issuer, api: `http://127.0.0.1:${actions.port}`, directory: place }, run);
    } finally {
      await actions.close();
      await stack.close();
    }
  } finally {
    await argoCD.close();
    await issuer.close();
  }
}

async function play(scene: Scene, run: Run): Promise<ReadonlyMap<string, Failures>> {
  const told = new Map<string, Failures>();
  await begin(scene);
  const stories = {
    'a preview, from its label to its end': preview,
    'what a workflow hands on: to the sandbox, whose deployment Hawser adopts': handedOn,
  };
  for (const [name, story] of Object.entries(stories)) {
    told.set(`the shipped set: ${name}`, await story(scene, run).catch((error: unknown) => [String(error)]));
  }
  return told;
}

/** The deployment repository as it is shipped, on GitHub; and Argo CD, which has the set and looks at it for the first time. */
async function begin({ stack, argoCD }: Scene): Promise<void> {
  const root = fileOf('example-app-deployment');
  const paths = globSync('**/*', { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = Object.fromEntries(
    [...paths.map((entry) => join(entry.parentPath, entry.name)), join(root, '.github/image-promotion.yml')].map(
      (path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')],
    ),
  );
  await stack.github.commit({ repository: DEPLOYMENT, files, message: 'As it is shipped' });
  argoCD.order({
    connect: {
      gitops: SET,
      github: stack.github.url,
      app: String(stack.app.id),
      installation: '1',
      privateKey: stack.app.privateKey,
      webhookSecret: SECRET,
      hawser: stack.hawser.url,
      token: stack.argocdToken,
    },
  });
  await argoCD.first((one) => ('connected' in one ? true : undefined));
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

async function handedOn(scene: Scene, run: Run): Promise<Failures> {
  const { stack, argoCD, issuer } = scene;
  const sha = await stack.github.commit({ repository: APP, branch: 'main', message: 'fix: the sum' });
  run.sha = sha;
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

/** Runs a shipped action's script as a runner does; what it puts out as its deployment. */
async function script(name: string, { api, directory }: Scene, inputs: Readonly<Record<string, string>>) {
  const output = join(directory, 'output');
  await writeFile(output, '');
  const env = {
    ...process.env,
    GITHUB_API_URL: api,
    GITHUB_REPOSITORY: APP,
    GITHUB_OUTPUT: output,
    TOKEN: 'the-runs-own',
    PAUSE: '1',
    ...inputs,
  };
  await promisify(execFile)(fileOf(join('.github/actions', name, `${name}.sh`)), { env });
  return /^deployment=(.*)$/m.exec(await readFile(output, 'utf8'))?.[1];
}

/** The emulated GitHub has one App, which is Hawser: a run's token is a person's here. */
function startApi({ github }: Stack) {
  return listen(0, async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = await request.text();
    const answer = await github.as('octo')(
      request.method,
      pathname + search,
      body === '' ? undefined : JSON.parse(body),
    );
    return Response.json(answer.body, { status: answer.status });
  });
}

function madeOf(name: string, sha: string) {
  return (told: z.infer<typeof Told>) =>
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
