/** Decides how an instance is asked to look at its pull requests, or says why it cannot be. */
import type { ConfiguredInstance } from '../../schemas/config.ts';
import type { Reason } from '../../schemas/effect.ts';
import type { Fetch } from '../github/client.ts';
import { readPresented, webhookSecretName } from '../security/secret.ts';
import { settings } from '../settings.ts';
import { unreachable } from '../words/unreachable.ts';
import { argoCdOf } from './api.ts';
import { type Action, callAction } from './refresh-action.ts';
import { callWebhook, type Webhook } from './refresh-webhook.ts';
import { type Called, type TargetName, WHOLE } from './target.ts';

export type Way =
  | { readonly kind: 'off' }
  | { readonly kind: 'webhook'; readonly webhook: Webhook }
  | { readonly kind: 'action'; readonly action: Action }
  | { readonly kind: 'unusable'; readonly reason: Reason };

/** An instance that is configured no longer is asked nothing. */
export function wayTo(instance: string | undefined, env: Cloudflare.Env, fetch: Fetch): Way {
  const configured = settings(env);
  if (!configured.ok) {
    return { kind: 'unusable', reason: { code: 'unconfigured', message: 'the configuration does not validate' } };
  }
  const found = configured.value.argocd.find(({ name }) => name === instance);
  return found === undefined ? { kind: 'off' } : wayOf(found, env, fetch);
}

export function wayOf(instance: ConfiguredInstance, env: Cloudflare.Env, fetch: Fetch): Way {
  const { name, refresh } = instance;
  switch (refresh.mode) {
    case 'off':
      return { kind: 'off' };
    case 'webhook': {
      const secret = readPresented(env, webhookSecretName(name));
      if (!secret.ok) {
        const message = `${webhookSecretName(name)} is ${secret.failure}: it is Argo CD's webhook.github.secret`;
        return { kind: 'unusable', reason: { code: 'no-webhook-secret', message } };
      }
      const webhook = { url: refresh.url, secret: secret.value, githubApi: env.GITHUB_API_URL, fetch };
      return { kind: 'webhook', webhook };
    }
    case 'action': {
      const argoCd = argoCdOf(instance, env, fetch);
      if (!argoCd.ok) return { kind: 'unusable', reason: argoCd.failure };
      return { kind: 'action', action: { argoCd: argoCd.value, application: refresh.application } };
    }
    default:
      return unreachable(refresh);
  }
}

/** Where the mode was changed, what was wanted in the old one is asked for in the new one. `isHeld` is asked again late. */
export async function call(way: Way, target: TargetName, isHeld: () => boolean): Promise<Called> {
  switch (way.kind) {
    case 'webhook':
      return target === WHOLE ? { kind: 'taken' } : callWebhook(way.webhook, target);
    case 'action':
      return callAction(way.action, isHeld);
    case 'unusable':
      return { kind: 'refused', reason: way.reason };
    case 'off':
      return { kind: 'taken' };
    default:
      return unreachable(way);
  }
}
