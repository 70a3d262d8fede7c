/** Says whether every door can open: configuration and secrets, by name. It calls nobody, and shows nothing worth hiding. */
import type { ConfiguredInstance } from '../schemas/config.ts';
import { readsPrivateKey } from '../src/github/private-key.ts';
import { argocdDoors } from '../src/security/argocd-doors.ts';
import { argocdTokenName, readSecret, type Secret, type Unusable } from '../src/security/secret.ts';
import { type Settings, settings } from '../src/settings.ts';

type Check = { readonly ok: boolean; readonly message?: string; readonly path?: string };
type Checks = Readonly<Record<string, Check>>;

export async function showHealth(env: Cloudflare.Env): Promise<Response> {
  const configured = settings(env);
  const checks: Checks = {
    configuration: configurationCheck(configured),
    ...(configured.ok ? instanceChecks(configured.value.argocd, env) : {}),
    'github app id': env.GITHUB_APP_ID === '' ? red('GITHUB_APP_ID is not set') : GREEN,
    'github app key': await keyCheck(env),
    'github webhook': secretCheck('GITHUB_WEBHOOK_SECRET', readSecret(env, 'GITHUB_WEBHOOK_SECRET')),
    operator: secretCheck('HAWSER_OPERATOR_TOKEN', readSecret(env, 'HAWSER_OPERATOR_TOKEN')),
  };
  const ok = Object.values(checks).every((check) => check.ok);
  return Response.json({ status: ok ? 'ok' : 'degraded', checks }, { status: ok ? 200 : 503 });
}

const GREEN: Check = { ok: true };

function red(message: string): Check {
  return { ok: false, message };
}

function configurationCheck(configured: Settings): Check {
  if (configured.ok) return GREEN;
  const { file, problems } = configured.failure;
  const [{ line, path, message }] = problems;
  return { ok: false, message: `${file}, line ${line}: ${message}`, ...(path === '' ? {} : { path }) };
}

function instanceChecks(instances: readonly ConfiguredInstance[], env: Cloudflare.Env): Checks {
  const checked = argocdDoors(instances, env).map(({ name, secret }) => [
    `argocd ${name}`,
    secretCheck(argocdTokenName(name), secret),
  ]);
  return Object.fromEntries(checked);
}

const WHY: Readonly<Record<Unusable, string>> = {
  missing: 'is not set',
  unexpanded: 'begins with $: the name of a secret stands where its value should',
  'more than two': 'holds more than two tokens',
  shared: 'holds a token of another instance too',
};

function secretCheck(name: string, secret: Secret): Check {
  return secret.ok ? GREEN : red(`${name} ${WHY[secret.failure]}`);
}

async function keyCheck(env: Cloudflare.Env): Promise<Check> {
  const key = env.GITHUB_APP_PRIVATE_KEY;
  if (key === undefined || key === '') return red('GITHUB_APP_PRIVATE_KEY is not set');
  return (await readsPrivateKey(key)) ? GREEN : red('GITHUB_APP_PRIVATE_KEY is not an RSA private key in PEM');
}
