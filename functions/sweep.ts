/** The cron tick: lost deliveries are asked for again, lost alarms made up for; what fails for one is not the others' loss. */
import { owners } from '../src/github/app-token.ts';
import { classOf, log } from '../src/log.ts';
import { installationOf, refreshed, refresherOf } from './ledgers.ts';
import { redeliver } from './redeliver.ts';

export async function sweep(env: Cloudflare.Env): Promise<void> {
  await Promise.all([redeliver(env), wakeOverdue(env), wakeRefreshers(env)]);
}

async function wakeRefreshers(env: Cloudflare.Env): Promise<void> {
  const woken = await Promise.allSettled(refreshed(env).map(({ name }) => refresherOf(env, name).wake()));
  const failure = woken.find((result) => result.status === 'rejected');
  if (failure !== undefined) log('a refresher could not be woken', { error: classOf(failure.reason) });
}

async function wakeOverdue(env: Cloudflare.Env): Promise<void> {
  const accounts = await owners(env);
  if (!accounts.ok) {
    log('sweep could not list the accounts', { reason: accounts.failure.code });
    return;
  }

  const swept = await Promise.allSettled(accounts.value.map((owner) => installationOf(env, owner).wakeOverdue()));
  const failures = swept.filter((result) => result.status === 'rejected');
  log('sweep done', {
    accounts: swept.length,
    woken: swept.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0),
    failed: failures.length,
    error: failures[0] === undefined ? undefined : classOf(failures[0].reason),
  });
}
