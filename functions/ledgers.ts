/** The way from a door to a ledger: hands an event over, and finds out whether there is a ledger without making one. */
import type { DoorEvent } from '../schemas/event.ts';
import type { Accepted } from '../schemas/ledger.ts';
import { classOf, log } from '../src/log.ts';
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

/** Whoever asks a Durable Object by name makes it, so the register of the installation is asked first. */
export async function isKnown(env: Cloudflare.Env, repository: Repository): Promise<boolean> {
  return installationOf(env, ownerOf(repository)).knows(repository);
}

export async function accept(env: Cloudflare.Env, repository: Repository, event: DoorEvent): Promise<Answer> {
  const accepted = await committed(() => ledgerOf(env, repository).accept(repository, event));
  if (accepted === undefined) return { kind: 'unavailable', error: 'the event cannot be committed now' };
  if (accepted.kind === 'ignored') return accepted;
  return { kind: accepted.duplicate ? 'duplicate' : 'accepted', event: event.id };
}

/** A Durable Object may be restarting, which a second call on a fresh stub survives; one that has too much to do must not get more. */
async function committed(call: () => Promise<Accepted>, attempts = 2): Promise<Accepted | undefined> {
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
