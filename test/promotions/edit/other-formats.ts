/** Helm values, manifests and what Image Updater writes, as repositories hold them. */
import { NEW, OLD, type Shape } from './shape.ts';

const POD = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      initContainers:
        - name: migrate
          image: ghcr.io/acme/shop:v1.4.0
          command: ["./migrate"]
      containers:
        - name: shop
          image: ghcr.io/acme/shop:v1.4.0
        - name: proxy
          image: envoyproxy/envoy:v1.31.0
`;

const values: readonly Shape[] = [
  {
    name: 'what helm create lays down',
    text: 'replicaCount: 1\n\nimage:\n  repository: ghcr.io/acme/shop\n  pullPolicy: IfNotPresent\n  # Overrides the chart.\n  tag: "v1.4.0"\n',
    diff: ['-7   tag: "v1.4.0"', '+7   tag: "v1.5.0"'],
  },
  {
    name: 'the registry in a key of its own',
    text: 'image:\n  registry: ghcr.io\n  repository: acme/shop\n  tag: v1.4.0\n  digest: ""\n',
    diff: ['-4   tag: v1.4.0', '+4   tag: v1.5.0'],
  },
  {
    name: 'a digest is emptied where a tag is set: the second line',
    text: `image:\n  repository: ghcr.io/acme/shop\n  tag: v1.4.0\n  digest: ${OLD}\n`,
    diff: ['-3   tag: v1.4.0', `-4   digest: ${OLD}`, '+3   tag: v1.5.0', '+4   digest: ""'],
  },
  {
    name: 'a digest where the file has one',
    text: `image:\n  repository: ghcr.io/acme/shop\n  digest: '${OLD}'\n`,
    wanted: { tag: 'v1.5.0', digest: NEW },
    diff: [`-3   digest: '${OLD}'`, `+3   digest: '${NEW}'`],
  },
  {
    name: 'one key with the whole reference',
    keys: { image: 'web.image' },
    text: 'web:\n  image: ghcr.io/acme/shop:v1.4.0 # by hand\n',
    diff: ['-2   image: ghcr.io/acme/shop:v1.4.0 # by hand', '+2   image: ghcr.io/acme/shop:v1.5.0 # by hand'],
  },
  {
    name: 'one key with the whole reference and its digest',
    keys: { image: 'web.image' },
    text: `web:\n  image: "ghcr.io/acme/shop:v1.4.0@${OLD}"\n`,
    wanted: { tag: 'v1.5.0', digest: NEW },
    diff: [`-2   image: "ghcr.io/acme/shop:v1.4.0@${OLD}"`, `+2   image: "ghcr.io/acme/shop:v1.5.0@${NEW}"`],
  },
  {
    name: 'an item of a list',
    keys: { image: 'services[1].image.name', tag: 'services[1].image.tag' },
    text: 'services:\n  - image: { name: redis, tag: "7" }\n  - image: { name: ghcr.io/acme/shop, tag: v1.4.0 }\n',
    diff: [
      '-3   - image: { name: ghcr.io/acme/shop, tag: v1.4.0 }',
      '+3   - image: { name: ghcr.io/acme/shop, tag: v1.5.0 }',
    ],
  },
  {
    name: 'a tag alone, in a file of an environment',
    text: 'image:\n  tag: 1.4.0\n',
    wanted: { tag: '1.5' },
    diff: ['-2   tag: 1.4.0', '+2   tag: "1.5"'],
  },
  {
    name: 'anchors beside the pin, and templates in quotes',
    text: 'x: &env { A: "1" }\nenv: *env\nhost: "{{ .Release.Name }}.example.com"\nimage:\n  repository: ghcr.io/acme/shop\n  tag: v1.4.0\n',
    diff: ['-6   tag: v1.4.0', '+6   tag: v1.5.0'],
  },
  {
    name: 'blank lines at both ends, and two in between',
    text: '\n\nimage:\n  repository: ghcr.io/acme/shop\n\n\n  tag: v1.4.0\n\n\n',
    diff: ['-7   tag: v1.4.0', '+7   tag: v1.5.0'],
  },
];

const manifests: readonly Shape[] = [
  {
    name: 'a Deployment: every container of the image moves, the others stay',
    text: POD,
    diff: [
      '-10           image: ghcr.io/acme/shop:v1.4.0',
      '+10           image: ghcr.io/acme/shop:v1.5.0',
      '-14           image: ghcr.io/acme/shop:v1.4.0',
      '+14           image: ghcr.io/acme/shop:v1.5.0',
    ],
  },
  {
    name: 'a patch of an overlay with the whole reference, pinned by hand',
    text: 'apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: shop\n        image: ghcr.io/acme/shop:3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d   # stable\n',
    wanted: { tag: 'a'.repeat(40) },
    diff: [
      '-8         image: ghcr.io/acme/shop:3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d   # stable',
      `+8         image: ghcr.io/acme/shop:${'a'.repeat(40)}   # stable`,
    ],
  },
  {
    name: 'a registry with a port, and no tag so far',
    image: 'localhost:5000/shop',
    text: 'spec:\n  image: localhost:5000/shop\n',
    diff: ['-2   image: localhost:5000/shop', '+2   image: localhost:5000/shop:v1.5.0'],
  },
  {
    name: 'a tag takes the place of a digest in a reference',
    text: `spec:\n  image: ghcr.io/acme/shop@${OLD}\n`,
    diff: [`-2   image: ghcr.io/acme/shop@${OLD}`, '+2   image: ghcr.io/acme/shop:v1.5.0'],
  },
  {
    name: 'the text of a ConfigMap is no pin',
    text: 'kind: ConfigMap\ndata:\n  pod: |\n    image: ghcr.io/acme/shop:v1.4.0\n',
    refused: 'not-pinned 1: The file does not pin ghcr.io/acme/shop.',
  },
];

const sources: readonly Shape[] = [
  {
    name: "Image Updater's file for Kustomize",
    text: 'kustomize:\n  images:\n  - ghcr.io/acme/shop:v1.4.0\n  - redis:7\n',
    diff: ['-3   - ghcr.io/acme/shop:v1.4.0', '+3   - ghcr.io/acme/shop:v1.5.0'],
  },
  {
    name: "Image Updater's file for Kustomize, with a name that is replaced",
    text: `kustomize:\n  images:\n    - shop=ghcr.io/acme/shop@${OLD}\n`,
    wanted: { digest: NEW },
    diff: [`-3     - shop=ghcr.io/acme/shop@${OLD}`, `+3     - shop=ghcr.io/acme/shop@${NEW}`],
  },
  {
    name: "Image Updater's file for Helm",
    text: 'helm:\n  parameters:\n  - name: image.name\n    value: ghcr.io/acme/shop\n    forcestring: true\n  - name: image.tag\n    value: v1.4.0\n    forcestring: true\n',
    diff: ['-7     value: v1.4.0', '+7     value: v1.5.0'],
  },
  {
    name: 'another parameter twice, which is none of the image',
    text: 'helm:\n  parameters:\n  - { name: replicas, value: "1" }\n  - { name: image.tag, value: v1.4.0 }\n  - { name: replicas, value: "2" }\n',
    diff: ['-4   - { name: image.tag, value: v1.4.0 }', '+4   - { name: image.tag, value: v1.5.0 }'],
  },
  {
    name: "Image Updater's file for Helm, with one whole reference",
    keys: { image: 'web.image' },
    text: 'helm:\n  parameters:\n  - name: web.image\n    value: ghcr.io/acme/shop:v1.4.0\n    forcestring: true\n',
    diff: ['-4     value: ghcr.io/acme/shop:v1.4.0', '+4     value: ghcr.io/acme/shop:v1.5.0'],
  },
];

export const otherFormats: readonly Shape[] = [
  ...values.map((shape) => ({ ...shape, format: 'helm' as const })),
  ...manifests.map((shape) => ({ ...shape, format: 'manifest' as const })),
  ...sources.map((shape) => ({ ...shape, format: 'argocd-source' as const })),
];
