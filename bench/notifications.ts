/** What Argo CD would send while applications roll out again and again: new words without end, in the order they happen. */
import { createHash } from 'node:crypto';
import { applicationSaying, type Word } from '../local/application.ts';
import type { Request } from './load.ts';

export const TOKEN = 'bench-token-0123456789abcdef';

export type Place = {
  readonly repository: string;
  readonly environment: string;
  readonly app: string;
  readonly pr?: number;
};

/** A notification of an application with some fifty resources: 5 to 10 KiB as the shipped template sends it. */
const RESOURCES = 48;

/** The four words of an uneventful rollout. */
const STATES: readonly Word[] = [
  { phase: 'Running', noResult: true, health: 'Healthy', healthAt: -100 },
  { phase: 'Running', health: 'Progressing' },
  { phase: 'Succeeded', health: 'Progressing' },
  { phase: 'Succeeded', health: 'Healthy' },
];

/** One application after the other says its next word; then the first again. */
export function endless(places: readonly Place[]): () => Request {
  let turn = 0;
  return () => {
    const place = places[turn % places.length];
    if (place === undefined) throw new Error('nobody is there to say anything');
    const word = Math.floor(turn / places.length);
    turn += 1;
    return notification(place, word);
  };
}

/** The `index`-th word of an application: every four are a rollout, and each rollout is another commit. */
export function notification({ repository, environment, app, pr }: Place, index: number): Request {
  const [owner = '', repo = ''] = repository.split('/');
  const rollout = Math.floor(index / STATES.length);
  const said = applicationSaying(
    app,
    {
      ...STATES[index % STATES.length],
      op: rollout * 60,
      finished: rollout * 60 + 20,
      images: [`ghcr.io/${repository}:${commit(`${repository} ${rollout}`)}`],
      manifests: commit(`manifests ${rollout}`),
      environment,
      annotations: { 'github.com/owner': owner, 'github.com/repo': repo },
      ...(pr === undefined ? {} : { pr }),
    },
    index + 1,
  );
  said.status?.operationState?.syncResult?.resources?.push(...resources(app));
  return {
    path: '/argocd/notifications',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ v: 1, instance: 'main', app: said }),
  };
}

export function commit(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function resources(app: string) {
  const kinds = ['ConfigMap', 'Service', 'ServiceAccount', 'Deployment', 'HorizontalPodAutoscaler', 'Ingress'];
  return Array.from({ length: RESOURCES }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? '';
    const name = `${app}-component-${index}`;
    const message = `${kind.toLowerCase()}.apps/${name} serverside-applied`;
    return { kind, name, status: 'Synced', message };
  });
}
