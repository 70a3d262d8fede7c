/** Decides what a publisher's word is: an event for the ledger of a deployment repository, or what to answer instead. */
import type { Config, ConfiguredPublisher } from '../schemas/config.ts';
import type { ImageEvent } from '../schemas/event.ts';
import { Image } from '../schemas/image.ts';
import { sayRequired } from '../schemas/parse-file.ts';
import { mayPropose, mayPublish } from '../src/security/allowed.ts';
import type { Claims } from '../src/security/oidc.ts';
import { deploymentOf } from '../src/words/deployment-repository.ts';
import type { Instant } from '../src/words/instant.ts';
import type { Repository } from '../src/words/repository.ts';
import type { Answer } from './answer.ts';
import { imageEvent } from './image-event.ts';
import { malformed } from './malformed.ts';

export type Publisher =
  | { readonly kind: 'publisher'; readonly publisher: ConfiguredPublisher }
  | { readonly kind: 'oidc'; readonly claims: Claims };

/** Where it belongs is told with a refusal too: the log has to say who was refused what. */
type Understood = { readonly repository?: Repository } & (
  | { readonly kind: 'refused'; readonly answer: Answer }
  | { readonly kind: 'event'; readonly repository: Repository; readonly event: ImageEvent }
);

export function understandImage(body: unknown, by: Publisher, config: Config, now: Instant): Understood {
  const parsed = Image.safeParse(body, { error: sayRequired });
  if (!parsed.success) return { kind: 'refused', answer: malformed(parsed.error, 'is not an image') };
  const { image, tag, digest, source, environment, deployment } = parsed.data;
  const from = sourceOf(source, by);
  const own = from.repository === undefined ? undefined : deploymentOf(from.repository, config.deploymentRepositories);
  const repository = deployment ?? own?.repository;
  if (repository === undefined) return { kind: 'refused', answer: NOWHERE };

  const may =
    by.kind === 'publisher'
      ? mayPropose(by.publisher, repository)
      : from.isTrue && repository === own?.repository && mayPublish(config, by.claims.repository);
  if (!may) return { kind: 'refused', repository, answer: { kind: 'forbidden' } };

  const event = imageEvent(repository, {
    image,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
    ...(from.repository === undefined || from.sha === undefined
      ? {}
      : { source: { repository: from.repository, sha: from.sha } }),
    ...(environment === undefined ? {} : { environment }),
    ...(by.kind === 'publisher' ? { origin: 'publisher' } : { origin: 'oidc', run: runOf(by.claims) }),
    firstSeen: now,
  });
  return { kind: 'event', repository, event };
}

const NOWHERE: Answer = {
  kind: 'malformed',
  error: 'is required where source.repository is not given',
  path: 'deployment',
};

/** Of a run GitHub itself says what it is: who says otherwise speaks for another one. */
function sourceOf(said: Image['source'], by: Publisher) {
  if (by.kind === 'publisher') return { ...said, isTrue: true };
  const { repository, sha } = by.claims;
  const isTrue = (said?.repository ?? repository) === repository && (said?.sha ?? sha) === sha;
  return { repository, sha, isTrue };
}

function runOf({ ref, event_name: event, job_workflow_ref: workflow }: Claims) {
  return { ref, event, workflow };
}
