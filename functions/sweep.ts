/**
 * The cron tick: lost deliveries are asked for again, lost alarms made up for, and previews looked at that may be over. What
 * fails for one account is not the others' loss.
 */
import { owners } from '../src/github/app-token.ts';
import { classOf, log } from '../src/log.ts';
import { installationOf, previewIndexOf, refreshed, refresherOf } from './ledgers.ts';
import { redeliver } from './redeliver.ts';

export async function sweep(env: Cloudflare.Env): Promise<void> {
  await Promise.all([redeliver(env), wakeOverdue(env), wakeRefreshers(env), wakePreviewIndex(env)]);
}

async function wakeRefreshers(env: Cloudflare.Env): Promise<void> {
  const woken = await Promise.allSettled(refreshed(env).map(({ name }) => refresherOf(env, name).wake()));
  const failure = woken.find((result) => result.status === 'rejected');
  if (failure !== undefined) log('a refresher could not be woken', { error: classOf(failure.reason) });
}

async function wakePreviewIndex(env: Cloudflare.Env): Promise<void> {
  try {
    await previewIndexOf(env)?.index.wake();
  } catch (error) {
    log('an index of previews could not be woken', { error: classOf(error) });
  }
}

async function wakeOverdue(env: Cloudflare.Env): Promise<void> {
  const accounts = await owners(env);
  if (!accounts.ok) {
    log('sweep could not list the accounts', { reason: accounts.failure.code });
    return;
  }

  const ticked = await Promise.allSettled(accounts.value.map((owner) => tick(env, owner)));
  const failures = ticked.filter((result) => result.status === 'rejected');
  const done = ticked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  log('sweep done', {
    accounts: ticked.length,
    woken: sum(done.map(({ woken }) => woken)),
    looking: sum(done.map(({ looking }) => looking)),
    removing: sum(done.map(({ removing }) => removing)),
    held: sum(done.map(({ held }) => held)),
    failed: failures.length,
    error: failures[0] === undefined ? undefined : classOf(failures[0].reason),
  });
}

async function tick(env: Cloudflare.Env, owner: string) {
  const installation = installationOf(env, owner);
  const woken = await installation.wakeOverdue();
  return { woken, ...(await installation.sweep()) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
