/**
 * Notification v1: a pruned Argo CD `Application`, its own field names kept, so that a captured Application is a valid
 * input as it is. Any field may be absent or null but those that say whose it is; unknown ones are ignored.
 * The fields' meaning: argo-cd `pkg/apis/application/v1alpha1/types.go`.
 */
import * as z from 'zod';
import { Owner, RepositoryName } from '../src/words/repository.ts';
import { Sha } from '../src/words/sha.ts';

/** Argo CD leaves a field out, its template engine writes null, and annotations hold the empty text: all mean absent. */
function optional<Type extends z.ZodType>(type: Type) {
  return z.preprocess((value) => (value === null || value === '' ? undefined : value), z.optional(type));
}

/** Half a surrogate pair is no text: it can neither be encoded in a URL nor sent on. */
const WellFormed = z.string().refine((text) => text.isWellFormed(), { error: 'is not well-formed Unicode' });
const Text = optional(WellFormed);
const Texts = optional(z.array(WellFormed));

const Annotations = z.object({
  'github.com/owner': optional(Owner),
  'github.com/repo': optional(RepositoryName),
  'github.com/environment': optional(
    WellFormed.max(255).regex(/^\P{Cc}+$/u, { error: 'an environment has no control characters' }),
  ),
  'github.com/pr': optional(z.string().regex(/^[1-9]\d{0,9}$/, { error: 'the number of a pull request' })),
  'github.com/sha': optional(Sha),
  'github.com/image': Text,
  'github.com/branch-slug': Text,
  'github.com/environment-url': Text,
});

const Source = z.object({
  repoURL: Text,
  chart: Text,
  kustomize: optional(z.object({ images: Texts })),
});

const Sync = z.object({
  revision: Text,
  revisions: Texts,
  dryRun: optional(z.boolean()),
  resources: optional(z.array(z.unknown())),
  source: optional(Source),
  sources: optional(z.array(Source)),
});

const Operation = z.object({
  sync: optional(Sync),
  initiatedBy: optional(z.object({ username: Text, automated: optional(z.boolean()) })),
  retry: optional(z.object({ limit: optional(z.number()) })),
});

const OperationState = z.object({
  phase: Text,
  message: Text,
  startedAt: Text,
  finishedAt: Text,
  retryCount: optional(z.number()),
  operation: optional(Operation),
  syncResult: optional(
    z.object({
      revision: Text,
      revisions: Texts,
      source: optional(Source),
      sources: optional(z.array(Source)),
      resources: optional(z.array(z.object({ kind: Text, name: Text, images: Texts, status: Text, message: Text }))),
    }),
  ),
});

const Revisions = z.object({ status: Text, revision: Text, revisions: Texts });

export const Application = z.object({
  metadata: z.object({
    name: WellFormed.min(1).max(253),
    namespace: WellFormed.min(1).max(253),
    uid: WellFormed.min(1).max(128),
    generation: z.int().min(0),
    creationTimestamp: Text,
    deletionTimestamp: Text,
    annotations: z.preprocess((value) => value ?? {}, Annotations),
    ownerReferences: optional(z.array(z.object({ kind: Text, name: Text }))),
  }),
  spec: optional(
    z.object({
      project: Text,
      destination: optional(z.object({ server: Text, name: Text, namespace: Text })),
      source: optional(Source),
      sources: optional(z.array(Source)),
    }),
  ),
  operation: optional(Operation),
  status: optional(
    z.object({
      operationState: optional(OperationState),
      sync: optional(Revisions),
      health: optional(z.object({ status: Text, message: Text, lastTransitionTime: Text })),
      summary: optional(z.object({ images: Texts, externalURLs: Texts })),
      conditions: optional(z.array(z.object({ type: Text, message: Text }))),
      reconciledAt: Text,
    }),
  ),
});
export type Application = z.infer<typeof Application>;
export type OperationState = z.infer<typeof OperationState>;

export const Notification = z.object({
  v: z.literal(1, { error: 'this Hawser understands notification version 1' }),
  instance: Text,
  argocdUrl: Text,
  app: Application,
});
export type Notification = z.infer<typeof Notification>;
