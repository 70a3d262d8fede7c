/** The door for publishers of images: who calls, what it says, whether it may; then the ledger's word. */
import type { Config } from '../schemas/config.ts';
import { log } from '../src/log.ts';
import { callerOf } from '../src/security/bearer.ts';
import { doorsOf } from '../src/security/doors.ts';
import { Keys } from '../src/security/jwks.ts';
import { claimsOf, tokenIn } from '../src/security/oidc.ts';
import { publisherTokenName } from '../src/security/secret.ts';
import { settings } from '../src/settings.ts';
import { Instant } from '../src/words/instant.ts';
import { failed, ok, type Result } from '../src/words/result.ts';
import { type Answer, respond } from './answer.ts';
import { accept } from './ledgers.ts';
import { jsonIn, readBytes } from './read-json.ts';
import { type Publisher, understandImage } from './understand-image.ts';

const MOST = 1_048_576;

type Heard = { readonly answer: Answer; readonly publisher?: string; readonly repository?: string };

export async function answerImage(request: Request, env: Cloudflare.Env): Promise<Response> {
  const startedAt = Date.now();
  const { answer, publisher, repository } = await hear(request, env);
  const response = respond(answer);
  log('image answered', {
    outcome: answer.kind,
    why: answer.kind === 'ignored' ? answer.why : undefined,
    path: answer.kind === 'malformed' ? answer.path : undefined,
    status: response.status,
    publisher,
    repository,
    milliseconds: Date.now() - startedAt,
  });
  return response;
}

async function hear(request: Request, env: Cloudflare.Env): Promise<Heard> {
  if (request.method !== 'POST') return { answer: { kind: 'wrong method', allow: 'POST' } };
  const configured = settings(env);
  if (!configured.ok) return { answer: { kind: 'closed' } };

  const by = await publisherOf(request.headers.get('authorization'), configured.value, env);
  if (!by.ok) return { answer: by.failure };
  const publisher = by.value.kind === 'publisher' ? by.value.publisher.name : by.value.claims.repository;

  const bytes = await readBytes(request, MOST);
  const body = bytes.ok ? jsonIn(bytes.value) : bytes;
  if (!body.ok) return { answer: body.failure, publisher };
  const understood = understandImage(body.value, by.value, configured.value, Instant.parse(Date.now()));
  if (understood.kind === 'refused') return { publisher, ...understood };
  const { repository, event } = understood;
  return { answer: await accept(env, repository, event), publisher, repository };
}

async function publisherOf(
  header: string | null,
  { publishers, oidc }: Config,
  env: Cloudflare.Env,
): Promise<Result<Publisher, Answer>> {
  // First: a publisher's own token may look like one of GitHub Actions'.
  const caller = await callerOf(header, doorsOf(publishers, publisherTokenName, env));
  const publisher = caller.kind === 'known' ? publishers.find(({ name }) => name === caller.name) : undefined;
  if (publisher !== undefined) return ok({ kind: 'publisher', publisher });

  const token = oidc === undefined ? undefined : tokenIn(header);
  if (oidc !== undefined && token !== undefined) {
    const claims = await claimsOf(token, oidc, keysOf(oidc.issuer), Date.now());
    if (claims.ok) return ok({ kind: 'oidc', claims: claims.value });
    if (claims.failure === 'unreachable') return failed(UNREACHED);
  }
  return failed(caller.kind === 'known' ? { kind: 'unauthenticated' } : caller);
}

const UNREACHED: Answer = { kind: 'unavailable', error: 'the keys of the OIDC issuer cannot be read now' };

let last: { readonly issuer: string; readonly keys: Keys } | undefined;

/** An isolate has one issuer as long as its configuration stays. */
function keysOf(issuer: string): Keys {
  if (last?.issuer !== issuer) {
    last = {
      issuer,
      keys: new Keys(
        issuer,
        (url, init) => fetch(url, init),
        () => Date.now(),
      ),
    };
  }
  return last.keys;
}
