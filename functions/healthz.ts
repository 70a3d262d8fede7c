/**
 * Says whether every door can open and whether GitHub lets the App in: configuration and secrets by name, and what the
 * installations last met. It calls nobody outside, and names neither account nor repository.
 */
import type { Config, ConfiguredInstance } from '../schemas/config.ts';
import { LABEL_STAYS } from '../src/argocd/holds.ts';
import { wayOf } from '../src/argocd/way.ts';
import type { InstallationView } from '../src/github/installation.ts';
import { mendOf } from '../src/github/mends.ts';
import { readsPrivateKey } from '../src/github/private-key.ts';
import { doorsOf } from '../src/security/doors.ts';
import {
  argocdTokenName,
  publisherTokenName,
  readPresented,
  readSecret,
  type Secret,
  type Unusable,
  updaterSecretName,
} from '../src/security/secret.ts';
import { type Settings, settings } from '../src/settings.ts';
import { Owner } from '../src/words/repository.ts';
import { hookOf, installationOf, previewIndexOf, refreshed, refresherOf } from './ledgers.ts';

type Check = { readonly ok: boolean; readonly message?: string; readonly path?: string };
type Checks = Readonly<Record<string, Check>>;

export async function showHealth(env: Cloudflare.Env): Promise<Response> {
  const configured = settings(env);
  const checks: Checks = {
    configuration: configurationCheck(configured),
    ...(configured.ok ? callerChecks(configured.value, env) : {}),
    ...(await refreshChecks(env)),
    ...(await indexChecks(env)),
    'github app id': env.GITHUB_APP_ID === '' ? red('GITHUB_APP_ID is not set') : GREEN,
    'github app key': await keyCheck(env),
    'github webhook': secretCheck('GITHUB_WEBHOOK_SECRET', readSecret(env, 'GITHUB_WEBHOOK_SECRET')),
    ...(configured.ok ? await installationsChecks(configured.value, env) : {}),
    'github deliveries': await deliveriesCheck(env),
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

/** Those who call, and those who are called with a secret. */
function callerChecks({ argocd, publishers, oidc, imageUpdaters }: Config, env: Cloudflare.Env): Checks {
  const nobody = oidc !== undefined && oidc.repositories === undefined && argocd.length === 0;
  return {
    ...doorChecks('argocd', argocd, argocdTokenName, env),
    ...doorChecks('publisher', publishers, publisherTokenName, env),
    ...(oidc === undefined ? {} : { oidc: nobody ? red('no repository may publish: set oidc.repositories') : GREEN }),
    ...Object.fromEntries(imageUpdaters.map(({ name }) => [`image updater ${name}`, updaterCheck(name, env)])),
  };
}

function doorChecks(
  kind: string,
  callers: readonly { readonly name: string }[],
  secretName: (caller: string) => string,
  env: Cloudflare.Env,
): Checks {
  const checked = doorsOf(callers, secretName, env).map(({ name, secret }) => [
    `${kind} ${name}`,
    secretCheck(secretName(name), secret),
  ]);
  return Object.fromEntries(checked);
}

function updaterCheck(name: string, env: Cloudflare.Env): Check {
  const secret = updaterSecretName(name);
  const read = readPresented(env, secret);
  return read.ok ? GREEN : red(`${secret} is ${read.failure}`);
}

/** Whether Argo CD is asked to look at pull requests, and listens. */
async function refreshChecks(env: Cloudflare.Env): Promise<Checks> {
  const checked = refreshed(env).map(async (instance) => [
    `refresh ${instance.name}`,
    await refreshCheck(instance, env),
  ]);
  return Object.fromEntries(await Promise.all(checked));
}

async function refreshCheck(instance: ConfiguredInstance, env: Cloudflare.Env): Promise<Check> {
  const way = wayOf(instance, env, fetch);
  if (way.kind === 'unusable') return red(way.reason.message);
  const [read] = await Promise.allSettled([refresherOf(env, instance.name).trouble()]);
  if (read.status === 'rejected') return red('what Argo CD answered cannot be read now');
  if (read.value === null) return GREEN;
  const { code, message } = read.value;
  return red(code === LABEL_STAYS.code ? message : `Argo CD does not take refresh calls: ${message}`);
}

/** Whether the router can read what the index knows. */
async function indexChecks(env: Cloudflare.Env): Promise<Checks> {
  const found = previewIndexOf(env);
  if (found === undefined) return {};
  const [read] = await Promise.allSettled([found.index.behind()]);
  if (read.status === 'rejected') return { 'preview index': red('the index of previews cannot be read now') };
  return { 'preview index': read.value.attempts < MANY_WRITES ? GREEN : red(UNWRITTEN) };
}

/** Some minutes: not a moment's weakness any more. */
const MANY_WRITES = 7;
const UNWRITTEN =
  'KV has refused again and again what the preview router is to read: look at the namespace that PREVIEWS is bound to, and at the limit of writes a day; until then the router asks the index where it would show a page';

/**
 * The accounts that the configuration names. Of one that only a pattern covers GitHub alone could tell; `/api/repositories`
 * asks it, and shows what it met as well.
 */
function ownersIn({ argocd, publishers }: Config): readonly string[] {
  const patterns = [...argocd, ...publishers].flatMap(({ repositories }) => repositories);
  const owners = patterns.map((pattern) => pattern.split('/')[0]?.toLowerCase() ?? '');
  return [...new Set(owners)].filter((owner) => Owner.safeParse(owner).success);
}

async function installationsChecks(config: Config, env: Cloudflare.Env): Promise<Checks> {
  const read = await Promise.allSettled(ownersIn(config).map((owner) => installationOf(env, owner).view()));
  const views = read.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (views.length < read.length)
    return { 'github installations': red('what the installations met cannot be read now') };
  const isHeld = views.some(({ previews }) => previews.held !== null);
  return { 'github installations': troublesCheck(views), 'preview cleanup': isHeld ? red(HELD) : GREEN };
}

function troublesCheck(views: readonly InstallationView[]): Check {
  const codes = new Set(views.flatMap(({ troubles }) => troubles.map(({ code }) => code)));
  if (codes.size > 0) return red(`${[...codes].flatMap((code) => mendOf(code) ?? []).join('. ')}. ${WHICH}`);
  const pauses = views.flatMap(({ pausedUntil }) => pausedUntil ?? []);
  return pauses.length === 0
    ? GREEN
    : { ok: true, message: `${PAUSED} ${new Date(Math.max(...pauses)).toISOString()}. ${WHICH}` };
}

const HELD =
  `More previews were found to be over than can be at once, and nothing was removed. Where they are over, take
the label off them by hand; where not, put previews.keepLabel on them, or raise previews.staleAfter. It is looked at again
every hour. GET /api/repositories names the account, and how many in which repository`.replaceAll('\n', ' ');
const PAUSED = 'GitHub asked for a pause. Lower github.writesPerMinute if it comes again; it goes on by itself at';
const WHICH = 'GET /api/repositories names the account';

async function deliveriesCheck(env: Cloudflare.Env): Promise<Check> {
  const read = await Promise.allSettled([hookOf(env).view()]);
  const [view] = read.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (view === undefined) return red('what is known of deliveries cannot be read now');
  if (view.givenUp > 0) return red(`${view.givenUp} ${GIVEN_UP}`);
  const { watermark, trouble, gap } = view;
  const isLate = watermark === null || watermark < Date.now() - LATE;
  if (trouble !== null && isLate) return red(`${UNREAD} ${mendOf(trouble.code) ?? trouble.message}`);
  return gap === null ? GREEN : { ok: true, message: gapText(gap) };
}

const LATE = 3_600_000;
const GIVEN_UP =
  "of GitHub's deliveries were refused here again and again: GET /api/repositories lists them. Mend what refused them, " +
  "then have GitHub repeat them while it still can: the App's settings, Advanced, Recent Deliveries";
const UNREAD = 'GitHub has not told for an hour which of its deliveries were lost:';

function gapText({ from, to }: { readonly from: number; readonly to: number }): string {
  const [since, until] = [new Date(from).toISOString(), new Date(to).toISOString()];
  return `between ${since} and ${until} deliveries may have been lost that GitHub no longer repeats: previews are compared with GitHub by themselves, adoptions of that time have to be asked for anew`;
}

const WHY: Readonly<Record<Unusable, string>> = {
  missing: 'is not set',
  unexpanded: 'begins with $: the name of a secret stands where its value should',
  'more than two': 'holds more than two tokens',
  shared: 'holds a token of another one too',
};

function secretCheck(name: string, secret: Secret): Check {
  return secret.ok ? GREEN : red(`${name} ${WHY[secret.failure]}`);
}

async function keyCheck(env: Cloudflare.Env): Promise<Check> {
  const key = env.GITHUB_APP_PRIVATE_KEY;
  if (key === undefined || key === '') return red('GITHUB_APP_PRIVATE_KEY is not set');
  return (await readsPrivateKey(key)) ? GREEN : red('GITHUB_APP_PRIVATE_KEY is not an RSA private key in PEM');
}
