/**
 * An Application as Argo CD 3.x keeps it. Shape, fields and values follow the one captured in argo-cd,
 * controller/testdata/diff-cache.yaml at 37ee0097; the annotations and the images are added.
 */
export function capturedApplication(annotations: Record<string, unknown> | null = annotated()) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: 'velero-test',
      namespace: 'argo-cd',
      uid: '94978696-4fd4-40b3-a1de-38d9df9e9316',
      generation: 263,
      resourceVersion: '722811357',
      creationTimestamp: '2024-03-04T21:30:33Z',
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
      labels: { cloud_provider: 'gcp', preview: 'true' },
      annotations,
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'ApplicationSet',
          name: 'velero',
          controller: true,
          uid: '86cdfba4',
        },
      ],
    },
    spec: {
      destination: { name: 'gke-alpha-01-europe-west1', namespace: 'test-lla' },
      project: 'sre',
      source: {
        path: 'instances/test',
        repoURL: 'https://github.com/foo/manifests-velero.git',
        targetRevision: 'test-lla',
        plugin: { name: 'cmp-helm-v2', env: [{ name: 'RELEASE_NAME', value: 'test-lla' }] },
      },
      syncPolicy: { retry: { backoff: { duration: '5s', factor: 2, maxDuration: '3m' }, limit: 10 } },
    },
    status: {
      controllerNamespace: 'argo-cd',
      health: { status: 'Healthy', lastTransitionTime: '2024-03-05T07:33:20Z' },
      history: [{ id: 23, deployedAt: '2024-03-05T07:33:04Z', revision: 'ea8759964626a583667a2bfd08f334ec2070040a' }],
      operationState: {
        phase: 'Succeeded',
        message: 'successfully synced (all tasks run)',
        startedAt: '2024-03-05T07:33:03Z',
        finishedAt: '2024-03-05T07:33:04Z',
        operation: {
          initiatedBy: { username: 'foo@example.com' },
          retry: { limit: 10 },
          sync: { revision: 'ea8759964626a583667a2bfd08f334ec2070040a', syncStrategy: { hook: {} } },
        },
        syncResult: {
          revision: 'ea8759964626a583667a2bfd08f334ec2070040a',
          resources: [
            {
              group: 'apps',
              version: 'v1',
              kind: 'Deployment',
              name: 'test-lla',
              namespace: 'test-lla',
              status: 'Synced',
              message: 'deployment.apps/test-lla serverside-applied',
              hookPhase: 'Running',
              syncPhase: 'Sync',
              images: ['ghcr.io/acme/shop:3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d'],
            },
          ],
        },
      },
      reconciledAt: '2024-03-05T07:33:04Z',
      resources: [
        { group: 'apps', kind: 'Deployment', name: 'test-lla', status: 'Synced', health: { status: 'Healthy' } },
      ],
      sourceType: 'Plugin',
      summary: { images: ['ghcr.io/acme/shop:3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d'] },
      sync: { status: 'Synced', revision: 'ea8759964626a583667a2bfd08f334ec2070040a' },
    },
  };
}

export function annotated(repo = 'shop', environment = 'production', owner = 'acme') {
  return { 'github.com/owner': owner, 'github.com/repo': repo, 'github.com/environment': environment };
}
