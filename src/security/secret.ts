/** A secret as the platform hands it over: one or two tokens, or the reason why its door stays closed. */
import { failed, ok, type Result } from '../words/result.ts';

export type Unusable = 'missing' | 'unexpanded' | 'more than two' | 'shared';
export type Secret = Result<readonly string[], Unusable>;

/** `main-eu` presents what `ARGOCD_MAIN_EU_TOKEN` holds. */
export function argocdTokenName(instance: string): string {
  return `ARGOCD_${inCapitals(instance)}_TOKEN`;
}

/** What `main-eu` signs with: Argo CD's own `webhook.github.secret`. */
export function webhookSecretName(instance: string): string {
  return `ARGOCD_${inCapitals(instance)}_WEBHOOK_SECRET`;
}

export function apiTokenName(instance: string): string {
  return `ARGOCD_${inCapitals(instance)}_API_TOKEN`;
}

/** What the publisher `main-eu` presents. */
export function publisherTokenName(publisher: string): string {
  return `PUBLISHER_${inCapitals(publisher)}_TOKEN`;
}

/** What the Image Updater of that name is shown. */
export function updaterSecretName(updater: string): string {
  return `IMAGE_UPDATER_${inCapitals(updater)}_SECRET`;
}

function inCapitals(instance: string): string {
  return instance.toUpperCase().replaceAll('-', '_');
}

/** Two tokens, separated by a space, are one secret during its rotation. */
export function parseSecret(value: unknown): Secret {
  const tokens = typeof value === 'string' ? value.split(/\s+/).filter((token) => token !== '') : [];
  if (tokens.length === 0) return failed('missing');
  // Argo CD leaves a name it cannot look up as it stands, so a token `$name` is one that anybody can guess.
  if (tokens.some((token) => token.startsWith('$'))) return failed('unexpanded');
  return tokens.length > 2 ? failed('more than two') : ok(tokens);
}

/** Secrets have open-ended names, so they are looked up by name and not by type. */
export function readSecret(env: object, name: string): Secret {
  return parseSecret(Reflect.get(env, name));
}

/** What Hawser itself presents is one value; blanks around it come from how it was entered. */
export function readPresented(env: object, name: string): Result<string, 'not set' | 'unexpanded'> {
  const value: unknown = Reflect.get(env, name);
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '') return failed('not set');
  return text.startsWith('$') ? failed('unexpanded') : ok(text);
}
