/** The door for GitHub: what is signed is verified as it arrives, and only an event that is handled is kept and parsed. */
import type { Config } from '../schemas/config.ts';
import { log } from '../src/log.ts';
import { keeping, passBody } from '../src/security/body.ts';
import { parseJson } from '../src/security/json.ts';
import { readSecret } from '../src/security/secret.ts';
import { parseSignature, verifier } from '../src/security/signature.ts';
import { settings } from '../src/settings.ts';
import { deploymentOf } from '../src/words/deployment-repository.ts';
import { Instant } from '../src/words/instant.ts';
import type { Repository } from '../src/words/repository.ts';
import { failed, ok, type Result } from '../src/words/result.ts';
import { type Answer, respond } from './answer.ts';
import { accept, acceptKnown, changeInstallation, rename } from './ledgers.ts';
import { bodyRefused, isJson } from './read-json.ts';
import { understanding } from './understand-webhook.ts';
import type { Around } from './understood.ts';

/** GitHub Docs, "Webhook events and payloads": payloads are capped at 25 MB. */
const MOST = 25 * 1_048_576;
/** More than any event that is handled needs: above it nothing is kept or parsed. */
const MOST_HANDLED = 5 * 1_048_576;
/** GitHub hangs up after ten seconds, and does not come back by itself. */
const PATIENCE = 10_000;

const WRONG_TYPE: Answer = {
  kind: 'wrong type',
  hint: 'the content type here is application/json: set it in the webhook of the GitHub App',
};

const WORD = /^[\w-]{1,64}$/;

type Delivery = { readonly event: string; readonly delivery: string };
type Heard = Partial<Delivery> & { readonly answer: Answer; readonly repository?: Repository };

export async function answerWebhook(request: Request, env: Cloudflare.Env): Promise<Response> {
  const startedAt = Date.now();
  const { answer, event, delivery, repository } = await hear(request, env);
  const response = respond(answer);
  log('webhook answered', {
    outcome: answer.kind,
    why: answer.kind === 'ignored' ? answer.why : undefined,
    path: answer.kind === 'malformed' ? answer.path : undefined,
    status: response.status,
    event,
    delivery,
    repository,
    milliseconds: Date.now() - startedAt,
  });
  return response;
}

async function hear(request: Request, env: Cloudflare.Env): Promise<Heard> {
  if (request.method !== 'POST') return refused({ kind: 'wrong method', allow: 'POST' });
  const secret = readSecret(env, 'GITHUB_WEBHOOK_SECRET');
  const configured = settings(env);
  if (!configured.ok || !secret.ok) return refused({ kind: 'closed' });

  const signature = parseSignature(request.headers.get('x-hub-signature-256'));
  if (signature === undefined) return refused({ kind: 'unsigned' });
  if (!isJson(request.headers.get('content-type'))) return refused(WRONG_TYPE);
  const named = deliveryIn(request.headers);
  if (!named.ok) return refused(named.failure);

  const understand = understanding(named.value.event);
  const signed = verifier(secret.value);
  const kept = keeping();
  let arrived = 0;
  const read = await passBody(request, { most: MOST, deadline: AbortSignal.timeout(PATIENCE) }, (chunk) => {
    signed.take(chunk);
    arrived += chunk.byteLength;
    if (understand !== undefined && arrived <= MOST_HANDLED) kept.take(chunk);
  });
  if (!read.ok) return refused(bodyRefused(read.failure, MOST));
  if (!signed.accepts(signature)) return refused({ kind: 'unsigned' });

  // Only now is it known that GitHub says so: nothing of a stranger's headers stands in the log.
  if (understand === undefined)
    return { ...named.value, answer: { kind: 'ignored', why: `${named.value.event} is not handled` } };
  if (read.value > MOST_HANDLED) return { ...named.value, answer: { kind: 'ignored', why: 'larger than 5 MiB' } };
  const payload = parseJson(kept.taken());
  if (!payload.ok) return { ...named.value, answer: { kind: 'malformed', error: `the body is ${payload.failure}` } };
  const understood = understand(payload.value, named.value.delivery, aroundOf(configured.value, env));
  if (understood.kind === 'refused') return { ...named.value, ...understood };
  if (understood.kind === 'installation') {
    const { owner, change, id, repository } = understood;
    const answer = await changeInstallation(env, owner, change, id);
    return { ...named.value, ...(repository === undefined ? {} : { repository }), answer };
  }
  if (understood.kind === 'renamed') {
    const { repository, to, id, number } = understood;
    return { ...named.value, repository, answer: await rename(env, repository, to, number, id) };
  }
  const { repository, event, onlyKnown } = understood;
  const take = onlyKnown === true ? acceptKnown : accept;
  return { ...named.value, repository, answer: await take(env, repository, event) };
}

function aroundOf({ deploymentRepositories, imageUpdaters }: Config, env: Cloudflare.Env): Around {
  return {
    now: Instant.parse(Date.now()),
    appId: env.GITHUB_APP_ID,
    deploymentOf: (source) => deploymentOf(source, deploymentRepositories),
    hasUpdaters: imageUpdaters.length > 0,
  };
}

function refused(answer: Answer): { readonly answer: Answer } {
  return { answer };
}

/** Events have names such as `projects_v2_item`, deliveries a GUID: neither is ever long, or more than one word. */
function deliveryIn(headers: Headers): Result<Delivery, Answer> {
  const event = headers.get('x-github-event') ?? '';
  const delivery = headers.get('x-github-delivery') ?? '';
  if (!WORD.test(event)) return failed(headerMissing('X-GitHub-Event'));
  if (!WORD.test(delivery)) return failed(headerMissing('X-GitHub-Delivery'));
  return ok({ event, delivery });
}

function headerMissing(name: string): Answer {
  return { kind: 'malformed', error: `the header ${name} is missing, or not as GitHub writes it` };
}
