/** Speaks as the App: where it is installed, and a token for one repository that can do no more than its calls need. */
import * as z from 'zod';
import type { Reason, Role } from '../../schemas/effect.ts';
import { type Instant, instantOf } from '../words/instant.ts';
import type { Repository } from '../words/repository.ts';
import { failed, ok, type Result } from '../words/result.ts';
import type { Answer } from './answer.ts';
import { named } from './attempt.ts';
import { appClient, type Fetch, type GitHub } from './client.ts';
import { type Failure, failureOf, parked } from './outcome.ts';
import { pkcs8Of } from './private-key.ts';
import { type Granted, lacking, type Wish, wishOf } from './roles.ts';

export type AppSettings = {
  readonly GITHUB_API_URL: string;
  readonly GITHUB_APP_ID: string;
  readonly GITHUB_APP_PRIVATE_KEY?: string;
};

export type InstallationToken = { readonly token: string; readonly expiresAt: Instant };

/** Remembers the installation's id from one token to the next. */
export type Memory = { readonly installation: number | undefined; readonly rememberInstallation: (id: number) => void };

export type Mint = (repository: Repository, role: Role) => Promise<Result<InstallationToken, Failure>>;

export function appOf(env: AppSettings, fetch: Fetch): Result<GitHub, Reason> {
  if (URL.parse(env.GITHUB_API_URL) === null) return failed(unset('GITHUB_API_URL is not a URL'));
  if (env.GITHUB_APP_ID === '') return failed(unset('GITHUB_APP_ID is not set'));
  const privateKey = pkcs8Of(env.GITHUB_APP_PRIVATE_KEY ?? '');
  if (privateKey === undefined) return failed(unset('GITHUB_APP_PRIVATE_KEY is not a private key in PEM'));
  return ok(appClient({ url: env.GITHUB_API_URL, appId: env.GITHUB_APP_ID, privateKey, fetch }));
}

function unset(message: string): Reason {
  return { code: 'app-settings', message };
}

export function minting(env: AppSettings, fetch: Fetch, memory: Memory, now: () => Instant): Mint {
  return async function mint(repository, role) {
    const app = appOf(env, fetch);
    if (!app.ok) return failed({ kind: 'later', reason: app.failure, certain: false });
    return mintToken(app.value, repository, role, memory, now);
  };
}

/**
 * A remembered installation may be gone, the repository may have moved to another, or not all that is wished for may be
 * granted: then GitHub is asked once more which installation it is, and what that may do.
 */
async function mintToken(
  app: GitHub,
  repository: Repository,
  role: Role,
  memory: Memory,
  now: () => Instant,
): Promise<Result<InstallationToken, Failure>> {
  if (memory.installation !== undefined) {
    const answer = await postToken(app, memory.installation, wishOf(role, repository));
    const stale = answer.kind === 'answered' && (answer.status === 404 || answer.status === 422);
    if (!stale) return tokenIn(answer, repository, now());
  }
  const found = await findInstallation(app, repository, now);
  if (!found.ok) return found;
  memory.rememberInstallation(found.value.id);
  const lacks = lacking(role, found.value.permissions);
  if (lacks !== undefined) return failed({ ...parked(lacks.code, lacks.message, now()), certain: false });
  const wish = wishOf(role, repository, found.value.permissions);
  let answer = await postToken(app, found.value.id, wish);
  const [own, ...beside] = wish.repositories;
  // The App need not be let into the repository beside it.
  if (answer.kind === 'answered' && answer.status === 422 && beside.length > 0) {
    answer = await postToken(app, found.value.id, { ...wish, repositories: [own] });
  }
  return tokenIn(answer, repository, now());
}

const Installed = z.object({ id: z.number(), permissions: z.record(z.string(), z.string()).optional() });

async function findInstallation(
  app: GitHub,
  repository: Repository,
  now: () => Instant,
): Promise<Result<{ readonly id: number; readonly permissions?: Granted | undefined }, Failure>> {
  const answer = await app('GET /repos/{owner}/{repo}/installation', named(repository));
  const found = answer.kind === 'answered' && answer.status === 200 ? Installed.safeParse(answer.body) : undefined;
  return found?.success === true ? ok(found.data) : failed(refusalOf(answer, repository, now()));
}

function postToken(app: GitHub, installation: number, wish: Wish): Promise<Answer> {
  return app('POST /app/installations/{installation_id}/access_tokens', { installation_id: installation, ...wish });
}

const Minted = z.object({ token: z.string().min(1), expires_at: z.string() });

function tokenIn(answer: Answer, repository: Repository, now: Instant): Result<InstallationToken, Failure> {
  const minted = answer.kind === 'answered' && answer.status === 201 ? Minted.safeParse(answer.body) : undefined;
  if (minted?.success !== true) return failed(refusalOf(answer, repository, now));
  return ok({ token: minted.data.token, expiresAt: instantOf(minted.data.expires_at) ?? now });
}

/**
 * No token, so nothing was sent: but whether an earlier attempt acted is not known here, and `certain` would say that it
 * did not. A token that GitHub can't give is
 * no reason to bury an effect at once: a person mends the installation, and it goes on.
 */
function refusalOf(answer: Answer, repository: Repository, now: Instant): Failure {
  const failure = failureOf(answer, 0, now);
  const limited = failure.kind === 'later' && failure.pause !== undefined;
  const words = answer.kind === 'answered' && !limited ? WHY[answer.status] : undefined;
  const refusal = words === undefined ? failure : parked(words.code, words.message(repository), now);
  if (refusal.kind === 'later') return { ...refusal, certain: false };
  return { kind: 'later', certain: false, reason: refusal.reason };
}

const WHY: Readonly<Record<number, { readonly code: string; readonly message: (repository: Repository) => string }>> = {
  401: {
    code: 'app-refused',
    message: () =>
      'GitHub refuses the App itself: GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY must belong together; set both anew',
  },
  403: {
    code: 'app-suspended',
    message: (repository) =>
      `GitHub gives no token for ${repository}: the installation is suspended; unsuspend it in the account's settings, under GitHub Apps`,
  },
  404: {
    code: 'not-installed',
    message: (repository) => `The App isn't installed on ${repository}: install it there, or add the repository to it`,
  },
  422: {
    code: 'not-granted',
    message: (repository) =>
      `The installation does not reach ${repository}, or lacks deployments: write or contents: read: add the repository, or accept the App's new permissions`,
  },
};

const PAGE = 100;
const MOST_PAGES = 100;
const Installations = z.array(z.object({ account: z.object({ login: z.string() }).nullable() }));

/** The accounts that the App is installed on, in lower case. */
export async function owners(
  env: AppSettings,
  fetch: Fetch = (url, init) => globalThis.fetch(url, init),
): Promise<Result<readonly string[], Reason>> {
  const app = appOf(env, fetch);
  if (!app.ok) return app;
  const found: string[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await app.value('GET /app/installations', { per_page: PAGE, page });
    const listed =
      answer.kind === 'answered' && answer.status === 200 ? Installations.safeParse(answer.body) : undefined;
    if (answer.kind === 'broken' || listed?.success !== true) {
      return failed({ code: 'installations-unread', message: 'GitHub does not list the installations of the App' });
    }
    found.push(...listed.data.flatMap(({ account }) => account?.login.toLowerCase() ?? []));
    if (!/\brel="next"/.test(answer.headers['link'] ?? '')) break;
  }
  return ok(found);
}
