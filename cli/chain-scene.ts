/** What the story of the set plays in: the local stack, Argo CD's controllers with the set, an issuer of tokens, and a runner. */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { listen } from '../local/github/server.ts';
import { type Stack, startStack } from '../local/stack.ts';
import { type GoCommand, startGoCommand } from './go-command.ts';
import { fileOf, here, SET } from './judged-set.ts';
import { type Issuer, startIssuer } from './oidc-issuer.ts';

export const OWNER = here('example-org');
export const NAME = here('example-app');
export const APP = `${OWNER}/${NAME}`;
export const DEPLOYMENT = `${APP}-deployment`;
const SECRET = 'the-secret-of-the-webhook';

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
export type ArgoCD = GoCommand<z.infer<typeof Told>>;

export type Scene = {
  readonly stack: Stack;
  readonly argoCD: ArgoCD;
  readonly issuer: Issuer;
  /** GitHub's API as a run's own token opens it. */
  readonly api: string;
  readonly directory: string;
  /** The commit of the run that asks for a token. */
  readonly run: { sha: string };
};

export async function withScene<Result>(directory: string, play: (scene: Scene) => Promise<Result>): Promise<Result> {
  const run = { sha: '' };
  const argoCD = await startGoCommand('control-plane', directory, {}, Told);
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
      await begin(stack, argoCD);
      return await play({ stack, argoCD, issuer, api: `http://127.0.0.1:${actions.port}`, directory: place, run });
    } finally {
      await actions.close();
      await stack.close();
    }
  } finally {
    await argoCD.close();
    await issuer.close();
  }
}

/** The deployment repository as it is shipped, on GitHub; and Argo CD, which has the set and looks at it for the first time. */
async function begin(stack: Stack, argoCD: ArgoCD): Promise<void> {
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

/** Runs a shipped action's script as a runner does; what it puts out as its deployment. */
export async function script(name: string, { api, directory }: Scene, inputs: Readonly<Record<string, string>>) {
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
