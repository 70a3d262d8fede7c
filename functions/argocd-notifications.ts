/** The door for Argo CD: who calls, what it says, whether it may; then the ledger's word, and nothing else is waited for. */
import { log } from '../src/log.ts';
import { callerOf } from '../src/security/bearer.ts';
import { doorsOf } from '../src/security/doors.ts';
import { argocdTokenName } from '../src/security/secret.ts';
import { settings } from '../src/settings.ts';
import { sha256 } from '../src/words/sha256.ts';
import { type Answer, respond } from './answer.ts';
import { accept } from './ledgers.ts';
import { jsonIn, readBytes } from './read-json.ts';
import { remember, toldBefore } from './repeats.ts';
import { understandNotification } from './understand-notification.ts';

const MOST = 1_048_576;
const WRONG_METHOD: Answer = {
  kind: 'wrong method',
  allow: 'POST',
  hint:
    'Argo CD sends GET where none of the templates has an entry `webhook.<name>` under the exact name of the service: ' +
    'in argocd-notifications-cm compare `service.webhook.<name>` with `webhook: <name>:` in the templates of the trigger',
};

type Heard = {
  readonly answer: Answer;
  readonly instance?: string;
  readonly repository?: string | undefined;
  readonly environment?: string | undefined;
};

export async function answerNotification(request: Request, env: Cloudflare.Env): Promise<Response> {
  const startedAt = Date.now();
  const { answer, instance, repository, environment } = await hear(request, env);
  const response = respond(answer);
  log('notification answered', {
    outcome: answer.kind,
    why: answer.kind === 'ignored' ? answer.why : undefined,
    path: answer.kind === 'malformed' ? answer.path : undefined,
    status: response.status,
    instance,
    repository,
    environment,
    milliseconds: Date.now() - startedAt,
  });
  return response;
}

async function hear(request: Request, env: Cloudflare.Env): Promise<Heard> {
  if (request.method !== 'POST') return { answer: WRONG_METHOD };
  const configured = settings(env);
  if (!configured.ok) return { answer: { kind: 'closed' } };

  const instances = configured.value.argocd;
  const caller = await callerOf(request.headers.get('authorization'), doorsOf(instances, argocdTokenName, env));
  if (caller.kind !== 'known') return { answer: caller };
  const instance = instances.find(({ name }) => name === caller.name);
  if (instance === undefined) return { answer: { kind: 'unauthenticated' } };

  const bytes = await readBytes(request, MOST);
  if (!bytes.ok) return { answer: bytes.failure, instance: instance.name };
  const fingerprint = sha256(bytes.value);
  const before = toldBefore(instance, fingerprint, Date.now());
  if (before !== undefined) {
    const { event, repository, environment } = before;
    return { answer: { kind: 'duplicate', event }, instance: instance.name, repository, environment };
  }

  const body = jsonIn(bytes.value);
  if (!body.ok) return { answer: body.failure, instance: instance.name };
  const understood = understandNotification(body.value, instance);
  const { repository, environment } = understood;
  const who = { instance: instance.name, repository, environment };
  if (understood.kind === 'refused') return { answer: understood.answer, ...who };

  const answer = await accept(env, understood.repository, understood.event);
  if (answer.kind === 'accepted' || answer.kind === 'duplicate') {
    remember(
      instance,
      fingerprint,
      { event: answer.event, repository: understood.repository, environment },
      Date.now(),
    );
  }
  return { answer, ...who };
}
