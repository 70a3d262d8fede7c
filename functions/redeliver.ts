/** The cron's part for GitHub's webhook: what did not come through is asked for again, unless this door would refuse it anyway. */
import { classOf, log } from '../src/log.ts';
import { readSecret } from '../src/security/secret.ts';
import { settings } from '../src/settings.ts';
import { hookOf } from './ledgers.ts';

export async function redeliver(env: Cloudflare.Env): Promise<void> {
  // Each repetition would be answered with 503, and there are only so many.
  if (!settings(env).ok || !readSecret(env, 'GITHUB_WEBHOOK_SECRET').ok) return;
  await hookOf(env)
    .tick()
    .catch((error: unknown) => log('deliveries were not looked through', { error: classOf(error) }));
}
