/** What an operator may ask: which ledgers there are, what one knows and owes, and to look at a dead letter again. */
import type { LedgerView, OutboxView, PreviewCount } from '../schemas/ledger.ts';
import { owners } from '../src/github/app-token.ts';
import type { Closing } from '../src/github/closings.ts';
import type { HookView } from '../src/github/hook.ts';
import { callerOf } from '../src/security/bearer.ts';
import { readSecret } from '../src/security/secret.ts';
import type { Instant } from '../src/words/instant.ts';
import { ownerOf, Repository } from '../src/words/repository.ts';
import { unreachable } from '../src/words/unreachable.ts';
import { type Answer, respond } from './answer.ts';
import { hookOf, installationOf, isKnown, ledgerOf, refreshed, refresherOf } from './ledgers.ts';

/** Undefined: come in. */
export async function refuseStranger(request: Request, env: Cloudflare.Env): Promise<Response | undefined> {
  const secret = readSecret(env, 'HAWSER_OPERATOR_TOKEN');
  const caller = await callerOf(request.headers.get('authorization'), [{ name: 'operator', secret }]);
  return caller.kind === 'known' ? undefined : respond(caller);
}

export async function listRepositories(env: Cloudflare.Env): Promise<Response> {
  const accounts = await owners(env);
  if (!accounts.ok)
    return respond({ kind: 'unavailable', error: 'GitHub does not say now where the App is installed' });
  const read = await Promise.all(
    accounts.value.map(async (owner) => {
      const [ledgers, { pausedUntil, troubles, closed, previews, ...view }] = await Promise.all([
        installationOf(env, owner).ledgers(),
        installationOf(env, owner).view(),
      ]);
      const installation = {
        owner,
        pausedUntil: pausedUntil === null ? null : iso(pausedUntil),
        ...view,
        troubles: troubles.map(({ ledger, ...trouble }) => ({ repository: ledger, ...trouble })),
        closed: closed.map(renderedClosing),
        previews: { ...counted(previews), held: previews.held === null ? null : counted(previews.held) },
      };
      return { ledgers, installation };
    }),
  );
  const repositories = read
    .flatMap(({ ledgers }) => ledgers)
    .map(({ ledger, dueAt, previews }) => ({
      repository: ledger,
      dueAt: dueAt === null ? null : iso(dueAt),
      previews: counted(previews),
    }))
    .sort((one, other) => one.repository.localeCompare(other.repository));
  const deliveries = renderedDeliveries(await hookOf(env).view());
  const installations = read.map(({ installation }) => installation);
  return Response.json({ repositories, installations, deliveries, refreshes: await refreshes(env) });
}

/** `over`: of those that are live, what a sweep has found to be stale or orphaned. */
function counted({ live, doomed }: PreviewCount) {
  return { live, over: doomed };
}

/** The refresh calls that Argo CD has not taken yet, and why; and where a fork's label holds them back. */
async function refreshes(env: Cloudflare.Env) {
  const views = await Promise.all(
    refreshed(env).map(async ({ name }) => {
      const waiting = await refresherOf(env, name).view();
      return waiting.map(({ wantedAt, heldSince, ...rest }) => ({
        instance: name,
        ...rest,
        wantedAt: wantedAt === null ? null : iso(wantedAt),
        heldSince: heldSince === null ? null : iso(heldSince),
      }));
    }),
  );
  return views.flat();
}

/** What GitHub could not deliver; `lost` was given up, and can be repeated in the App's settings. */
function renderedDeliveries({ watermark, gap, lost, ...view }: HookView) {
  return {
    lookedThroughUpTo: watermark === null ? null : iso(watermark),
    ...view,
    gap: gap === null ? null : { from: iso(gap.from), to: iso(gap.to) },
    lost: lost.map(({ guid, event, action, code, firstAt, tries }) => ({
      delivery: guid,
      event,
      action,
      answered: code,
      at: iso(firstAt),
      tries,
    })),
  };
}

export async function showRepository(name: string, env: Cloudflare.Env): Promise<Response> {
  const repository = await findRepository(name, env);
  if (repository === undefined) return respond(UNHEARD_OF);
  const [view, closing] = await Promise.all([
    ledgerOf(env, repository).read(),
    installationOf(env, ownerOf(repository)).closingOf(repository),
  ]);
  return Response.json({ ...rendered(view), ...(closing === null ? {} : { closed: renderedClosing(closing) }) });
}

export async function replayDead(name: string, id: string, env: Cloudflare.Env): Promise<Response> {
  const repository = await findRepository(name, env);
  if (repository === undefined) return respond(UNHEARD_OF);
  if (!/^\d{1,15}$/.test(id)) return respond(NO_DEAD_LETTER);
  const replayed = await ledgerOf(env, repository).replay(Number(id));
  switch (replayed) {
    case 'owed':
      return respond({ kind: 'owed' });
    case 'nothing':
      return respond({ kind: 'ignored', why: 'nothing is wanted any more' });
    case 'unknown':
      return respond(NO_DEAD_LETTER);
    default:
      return unreachable(replayed);
  }
}

const UNHEARD_OF: Answer = { kind: 'not found', error: 'no event of this repository was ever accepted' };
const NO_DEAD_LETTER: Answer = { kind: 'not found', error: 'this repository has no such dead letter' };

async function findRepository(name: string, env: Cloudflare.Env): Promise<Repository | undefined> {
  const repository = Repository.safeParse(name);
  return repository.success && (await isKnown(env, repository.data)) ? repository.data : undefined;
}

/** Where nothing is sent, because GitHub told that the App can't; `repository` null: the whole account. */
function renderedClosing({ ledger, code, message, since }: Closing) {
  return { repository: ledger, code, message, since: iso(since) };
}

/** People read it: instants become text. */
function rendered(view: LedgerView) {
  return {
    ...view,
    deployments: view.deployments.map((deployment) => ({ ...deployment, startedAt: iso(deployment.startedAt) })),
    previews: view.previews.map(({ touchedAt, over, ...preview }) => ({
      ...preview,
      touchedAt: iso(touchedAt),
      over: over === null ? null : { ...over, since: over.since === null ? null : iso(over.since) },
    })),
    failures: view.failures.map((failure) => ({ ...failure, at: iso(failure.at) })),
    outbox: { pending: view.outbox.pending.map(renderedEffect), dead: view.outbox.dead.map(renderedEffect) },
  };
}

function renderedEffect(effect: OutboxView) {
  return { ...effect, owedAt: iso(effect.owedAt), dueAt: effect.dueAt === null ? null : iso(effect.dueAt) };
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}
