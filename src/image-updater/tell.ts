/** Tells an Image Updater of a new image, as a CloudEvent: it then looks at once, and decides by its own configuration. */
import type { Config } from '../../schemas/config.ts';
import type { TellUpdater } from '../../schemas/effect.ts';
import type { Outcome } from '../../schemas/outcome.ts';
import { readPresented, updaterSecretName } from '../security/secret.ts';
import { imageOf } from '../words/image.ts';

/** How Image Updaters are reached: their secrets have names of their own. */
export type Updaters = {
  readonly configured: () => Config['imageUpdaters'];
  readonly env: object;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
};

const TIMEOUT = 10_000;

/** It never throws. 200 says that the event was understood, not that anything is updated. A repeat makes it look once more. */
export async function tellUpdater(effect: TellUpdater, { updaters }: { updaters: Updaters }): Promise<Outcome> {
  const updater = updaters.configured().find(({ name }) => name === effect.updater);
  // It is configured no longer: nobody waits for it.
  if (updater === undefined) return DONE;
  const secret = readPresented(updaters.env, updaterSecretName(updater.name));
  if (!secret.ok) return waits('no-secret', `${updaterSecretName(updater.name)} is ${secret.failure}`);

  // Not `AbortSignal.timeout`: its timer would outlive the call, and keep a Durable Object from its rest.
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT);
  try {
    const response = await updaters.fetch(updater.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json',
        'user-agent': 'hawser',
        'x-registry-type': 'cloudevents',
        'x-webhook-secret': secret.value,
      },
      body: JSON.stringify(cloudEvent(effect)),
      redirect: 'manual',
      signal: limit.signal,
    });
    await response.body?.cancel();
    return judged(response.status);
  } catch {
    return waits('unreached', limit.signal.aborted ? `no answer within ${TIMEOUT / 1_000} s` : 'it was not reached');
  } finally {
    clearTimeout(timer);
  }
}

const DONE: Outcome = { kind: 'done', learned: { kind: 'nothing' } };

/** What of it Image Updater reads: https://argocd-image-updater.readthedocs.io/en/stable/configuration/webhook/ */
function cloudEvent({ id, image, tag }: TellUpdater) {
  const { name, path } = imageOf(image);
  const registryUrl = name === path ? 'docker.io' : name.slice(0, name.length - path.length - 1);
  return {
    specversion: '1.0',
    id,
    source: 'hawser',
    type: 'dev.hawser.image.published',
    datacontenttype: 'application/json',
    data: { registryUrl, repository: path, tag },
  };
}

/** Not codes of GitHub's: what waits for GitHub to answer again is none of this. */
function judged(status: number): Outcome {
  if (status >= 200 && status < 300) return DONE;
  const code = `http-${status}`;
  if (status >= 500 || status === 408 || status === 429) return waits(code, `it answered ${status}`);
  return { kind: 'dead', reason: { code: `image-updater-${code}`, message: meaningOf(status) } };
}

function meaningOf(status: number): string {
  if (status < 400) return 'its URL redirects, and is not followed: configure where it leads';
  if (status === 400)
    return 'it refuses the event: its secret for CloudEvents differs or is not set, or its type is not enabled';
  return `it answered ${status}: the url is that of its webhook, which ends in /webhook`;
}

function waits(code: string, message: string): Outcome {
  return { kind: 'later', certain: true, reason: { code: `image-updater-${code}`, message } };
}
