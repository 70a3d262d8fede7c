/** One refresh call in mode `action`: the action `refresh` on each ApplicationSet that an Application holds. */
import * as z from 'zod';
import { type ArgoCd, type ArgoCdAnswer, callArgoCd, readApplication } from './api.ts';
import type { Called } from './target.ts';

export type Action = {
  readonly argoCd: ArgoCd;
  /** `name`, or `namespace/name` where it is not among Argo CD's own. */
  readonly application: string;
};

const Resource = z.object({ group: z.string().default(''), kind: z.string(), version: z.string() });
const Held = z.object({
  status: z.object({
    resources: z
      .array(Resource.extend({ namespace: z.string().optional(), name: z.string() }))
      .nullish()
      .transform((resources) => resources ?? []),
  }),
});
type Held = z.infer<typeof Held>['status']['resources'][number];

/** It never throws. What was done before a failure is done again: the annotation gets a newer value. */
export async function callAction({ argoCd, application }: Action, isHeld = () => false): Promise<Called> {
  const [name = '', namespace] = application.split('/').toReversed();
  const read = await readApplication(argoCd, name, namespace);
  if (read.kind !== 'answered') return about('of the Application that refresh.application names', read);
  const held = Held.safeParse(read.body);
  const sets = held.success ? held.data.status.resources.filter(isApplicationSet) : [];
  if (sets.length === 0) return { kind: 'refused', reason: NO_SETS };
  // While Argo CD answered, a fork may have got its label.
  if (isHeld()) return { kind: 'held' };
  const answers = await Promise.all(sets.map((set) => run(argoCd, { name, namespace }, set)));
  return answers.find(({ kind }) => kind === 'failed') ?? answers.find(({ kind }) => kind === 'refused') ?? TAKEN;
}

const TAKEN: Called = { kind: 'taken' };
const NO_SETS = {
  code: 'no-applicationset',
  message: 'the Application that refresh.application names holds no ApplicationSet',
};

function isApplicationSet({ group, kind }: Held): boolean {
  return group === 'argoproj.io' && kind === 'ApplicationSet';
}

type Place = { readonly name: string; readonly namespace: string | undefined };

/** From Argo CD 3.1 on: RunResourceActionV2 in server/application/application.proto. */
async function run(argoCd: ArgoCd, { name, namespace }: Place, set: Held): Promise<Called> {
  const answer = await callArgoCd(argoCd, {
    method: 'POST',
    path: ['applications', name, 'resource', 'actions', 'v2'],
    body: {
      ...(namespace === undefined ? {} : { appNamespace: namespace }),
      ...(set.namespace === undefined ? {} : { namespace: set.namespace }),
      group: set.group,
      version: set.version,
      kind: set.kind,
      resourceName: set.name,
      action: 'refresh',
    },
  });
  return about('of the action refresh on an ApplicationSet', answer, NO_ACTION);
}

/** `hints`: what its refusals may mean there. */
function about(what: string, answer: ArgoCdAnswer, hints: Readonly<Record<string, string>> = NO_RIGHTS): Called {
  if (answer.kind === 'answered') return TAKEN;
  const { code, message } = answer.reason;
  return { kind: answer.kind, reason: { code, message: `${what}: ${message}${hints[code] ?? ''}` } };
}

const NO_RIGHTS = { 'http-403': '. gitops/argo-config/argocd/refresh has the rights' };
const NO_ACTION = {
  ...NO_RIGHTS,
  // Argo CD answers so where it does not know the action. Of an Application that is read, 500 says nothing of the kind.
  'http-500': '. Is the action in argocd-cm? gitops/argo-config/argocd/refresh has it',
};
