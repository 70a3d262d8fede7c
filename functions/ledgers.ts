/** The way from a door to a ledger: hands an event over, and finds out whether there is a ledger without making one. */
import type { ConfiguredInstance } from '../schemas/config.ts';
import type { DoorEvent } from '../schemas/event.ts';
import type { InstallationChange } from '../schemas/installation.ts';
import type { Accepted } from '../schemas/ledger.ts';
import { classOf, log } from '../src/log.ts';
import { settings } from '../src/settings.ts';
import { previewZone } from '../src/words/preview-zone.ts';
import { ownerOf, type Repository } from '../src/words/repository.ts';
import type { Answer } from './answer.ts';

export function ledgerOf(env: Cloudflare.Env, repository: Repository) {
  return env.LEDGER.get(env.LEDGER.idFromName(repository));
}

export function installationOf(env: Cloudflare.Env, owner: string) {
  return env.INSTALLATION.get(env.INSTALLATION.idFromName(owner.toLowerCase()));
}

/** One for the App: it has one webhook, whatever accounts it is installed on. */
export function hookOf(env: Cloudflare.Env) {
  return env.HOOK.get(env.HOOK.idFromName(env.GITHUB_APP_ID));
}

/** The instances that are asked to refresh; none while the configuration is wrong. */
export function refreshed(env: Cloudflare.Env): readonly ConfiguredInstance[] {
  const configured = settings(env);
  return configured.ok ? configured.value.argocd.filter(({ refresh }) => refresh.mode !== 'off') : [];
}

export function refresherOf(env: Cloudflare.Env, instance: string) {
  return env.REFRESHER.get(env.REFRESHER.idFromName(instance));
}

/** The index of the previews' zone; undefined where `previews.url` names none, or the configuration is wrong. */
export function previewIndexOf(env: Cloudflare.Env) {
  const configured = settings(env);
  const zone = configured.ok ? previewZone(configured.value.previews.url) : undefined;
  return zone === undefined ? undefined : { zone, index: env.PREVIEW_INDEX.get(env.PREVIEW_INDEX.idFromName(zone)) };
}

/** Whoever asks a Durable Object by name makes it, so the register of the installation is asked first. */
export async function isKnown(env: Cloudflare.Env, repository: Repository): Promise<boolean> {
  return installationOf(env, ownerOf(repository)).knows(repository);
}

export async function accept(env: Cloudflare.Env, repository: Repository, event: DoorEvent): Promise<Answer> {
  const accepted = await committed<Accepted>(() => ledgerOf(env, repository).accept(repository, event));
  if (accepted === undefined) return { kind: 'unavailable', error: 'the event cannot be committed now' };
  if (accepted.kind === 'ignored') return accepted;
  return { kind: accepted.duplicate ? 'duplicate' : 'accepted', event: event.id };
}

/** An event for which no ledger is made: of a repository that nothing was ever accepted of, it is ignored. */
export async function acceptKnown(env: Cloudflare.Env, repository: Repository, event: DoorEvent): Promise<Answer> {
  const known = await committed(() => isKnown(env, repository));
  if (known === undefined) return { kind: 'unavailable', error: 'the event cannot be committed now' };
  return known ? accept(env, repository, event) : { kind: 'ignored', why: `nothing was heard of ${repository} yet` };
}

/** What GitHub tells of the App on an account. A repeat changes nothing, so there is no id to remember. */
export async function changeInstallation(
  env: Cloudflare.Env,
  owner: string,
  change: InstallationChange,
  id: string,
): Promise<Answer> {
  const isNews = await committed(() => installationOf(env, owner).change(change));
  if (isNews === undefined) return { kind: 'unavailable', error: 'the event cannot be committed now' };
  return isNews ? { kind: 'accepted', event: id } : { kind: 'ignored', why: 'known already, or of no repository here' };
}

/** What is known stays in the ledger of the former name; the new one's points there. A repeat changes nothing. */
export async function rename(
  env: Cloudflare.Env,
  from: Repository,
  to: Repository,
  number: number,
  id: string,
): Promise<Answer> {
  const renamed = await committed(async () => {
    if (!(await isKnown(env, from))) return 'unheard of';
    return (await ledgerOf(env, from).rename(to, number)) ? 'renamed' : 'apart';
  });
  switch (renamed) {
    case undefined:
      return { kind: 'unavailable', error: 'the event cannot be committed now' };
    case 'unheard of':
      return { kind: 'ignored', why: 'known already, or of no repository here' };
    case 'renamed':
      return { kind: 'accepted', event: id };
    case 'apart':
      return changeInstallation(
        env,
        ownerOf(from),
        { kind: 'close', code: 'repository-renamed', repositories: [from] },
        id,
      );
  }
}

/** A Durable Object may be restarting, which a second call on a fresh stub survives; one that has too much to do must not get more. */
async function committed<Word>(call: () => Promise<Word>, attempts = 2): Promise<Word | undefined> {
  try {
    return await call();
  } catch (error) {
    const again = attempts > 1 && flagged(error, 'retryable') && !flagged(error, 'overloaded');
    if (again) return committed(call, attempts - 1);
    log('a ledger could not commit', { error: classOf(error), overloaded: flagged(error, 'overloaded') });
    return undefined;
  }
}

/** https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
function flagged(error: unknown, flag: 'retryable' | 'overloaded'): boolean {
  return error instanceof Error && Reflect.get(error, flag) === true;
}
