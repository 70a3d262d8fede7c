/** Which commit of the application's own repository is deployed: images first, then annotations, and doubt is said. */
import { m1, m2, s1, s2 } from '../../../local/application.ts';
import { type Case, healthy, running, says, synced, tag } from '../story.ts';

const NO_COMMIT =
  'No image tells the commit. Tag images with the full commit SHA or a Git tag, name them in the annotation github.com/image, or set github.com/sha.';
const TWO_COMMITS =
  "The application's images come from different commits. Name those that count in the annotation github.com/image.";
const SUCCESS = ['create #1 s1 production', '#1 success shop: healthy'] as const;
const digest = `sha256:${'d'.repeat(64)}`;

export const appSha: readonly Case[] = [
  {
    name: 'the commit is the image tag, never the manifest revision',
    story: [healthy('shop', { op: 0, images: [`ghcr.io/acme/shop:${s1}`], manifests: m1 })],
    github: SUCCESS,
  },
  {
    name: 'a registry with a port, a path below the repository, and a name that goes on after it',
    story: [
      healthy('port', { op: 0, images: [`registry.example.com:5000/acme/shop:${s1}`], environment: 'port' }),
      healthy('path', { op: 0, images: [`ghcr.io/acme/shop/api:${s1}`], environment: 'path' }),
      healthy('dash', { op: 0, images: [`ghcr.io/acme/shop-api:${s1}@${digest}`], environment: 'dash' }),
    ],
    github: [
      'create #1 s1 port',
      '#1 success port: healthy',
      'create #2 s1 path',
      '#2 success path: healthy',
      'create #3 s1 dash',
      '#3 success dash: healthy',
    ],
  },
  {
    name: "other people's images do not count beside the repository's own",
    story: [
      healthy('shop', {
        op: 0,
        images: [`ghcr.io/acme/shop:${s1}`, `ghcr.io/acme/shopping:${s2}`, 'redis:7.4', `docker.io/else/proxy:${s2}`],
      }),
    ],
    github: SUCCESS,
  },
  {
    name: 'where no image has the name of the repository, the only commit among the tags counts',
    story: [healthy('shop', { op: 0, images: [`ghcr.io/else/storefront:${s1}`, 'redis:7.4'] })],
    github: SUCCESS,
  },
  {
    name: 'where no image has the name of the repository, two commits are one too many',
    story: [healthy('shop', { op: 0, images: [`ghcr.io/else/storefront:${s1}`, `ghcr.io/else/proxy:${s2}`] })],
    github: [],
    unresolved: [`shop: ${TWO_COMMITS}`],
  },
  {
    name: 'the images of live pods do not count while the operation runs',
    story: [
      running('shop', { op: 0, noResult: true, summary: [`ghcr.io/acme/shop:${s2}`] }),
      healthy('shop', { op: 0, sha: s1, summary: [`ghcr.io/acme/shop:${s2}`, `ghcr.io/acme/shop:${s1}`] }),
    ],
    github: SUCCESS,
  },
  {
    name: 'where the operation tells no images, those of the live pods count once it is healthy',
    story: [
      synced('shop', { op: 0, summary: [`ghcr.io/acme/shop:${s1}`] }),
      healthy('shop', { op: 0, summary: [`ghcr.io/acme/shop:${s1}`] }),
    ],
    github: SUCCESS,
  },
  {
    name: 'an operation that asked for a commit and applied a Git tag deploys what the tag names',
    story: [
      tag('v1.0.0', s1),
      tag('v2.0.0', s2),
      running('shop', { op: 0, noResult: true, requested: [`ghcr.io/acme/shop:${s1}`] }),
      synced('shop', { op: 0, images: ['ghcr.io/acme/shop:v1.0.0'] }),
      running('web', { op: 0, environment: 'web', noResult: true, requested: [`ghcr.io/acme/shop:${s1}`] }),
      synced('web', { op: 0, environment: 'web', images: ['ghcr.io/acme/shop:v2.0.0'] }),
    ],
    github: [
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      'tag v1.0.0',
      'create #2 s1 web',
      '#2 in_progress web: rolling out',
      'tag v2.0.0',
      'create #3 s2 web',
      '#3 in_progress web: rolling out',
      '#2 inactive superseded by 2222222',
    ],
  },
  {
    name: 'a preview is known from the images that it was asked for, before anything is applied',
    story: [
      running('shop', {
        op: 0,
        pr: 7,
        environment: 'preview',
        requested: [`ghcr.io/acme/shop=:${s1}`],
        noResult: true,
      }),
    ],
    github: ['create #1 s1 preview', '#1 in_progress shop: rolling out'],
  },
  {
    name: 'a head that has moved on does not change what is deployed',
    story: [
      running('shop', { op: 0, sha: s1, annotations: { 'github.com/sha': s2 } }),
      healthy('shop', { op: 0, sha: s1, annotations: { 'github.com/sha': s2 } }),
    ],
    github: ['create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'a release tag is the commit of the Git tag of that name, asked for once',
    story: [
      tag('v1.2.3', s1),
      running('shop', { op: 0, images: ['ghcr.io/acme/shop:v1.2.3'] }),
      healthy('shop', { op: 0, images: ['ghcr.io/acme/shop:v1.2.3'] }),
      healthy('web', { op: 0, images: ['ghcr.io/acme/shop:v1.2.3'] }),
    ],
    github: ['tag v1.2.3', 'create #1 s1 production', '#1 in_progress shop: rolling out', '#1 success shop: healthy'],
  },
  {
    name: 'a release tag without v is the Git tag with v',
    story: [tag('v1.2.3', s1), healthy('shop', { op: 0, images: ['ghcr.io/acme/shop:1.2.3'] })],
    github: ['tag 1.2.3', ...SUCCESS],
  },
  {
    name: 'a release tag with v is the Git tag without v',
    story: [tag('1.2.3', s1), healthy('shop', { op: 0, images: ['ghcr.io/acme/shop:v1.2.3'] })],
    github: ['tag v1.2.3', ...SUCCESS],
  },
  {
    name: 'a tag that Git lacks is unresolved, and asked for again at the next operation',
    story: [
      running('shop', { op: 0, images: ['ghcr.io/acme/shop:v1.2.3'] }),
      tag('v1.2.3', s1),
      healthy('shop', { op: 0, images: ['ghcr.io/acme/shop:v1.2.3'] }),
      running('shop', { op: 60, images: ['ghcr.io/acme/shop:v1.2.3'] }),
      healthy('shop', { op: 60, images: ['ghcr.io/acme/shop:v1.2.3'] }),
    ],
    github: [
      'tag v1.2.3',
      'tag v1.2.3',
      'create #1 s1 production',
      '#1 in_progress shop: rolling out',
      '#1 success shop: healthy',
    ],
  },
  {
    name: 'a tag that Git lacks says how to mend it',
    story: [healthy('shop', { op: 0, images: ['ghcr.io/acme/shop:latest'] })],
    github: ['tag latest'],
    unresolved: [`shop: ${NO_COMMIT}`],
  },
  {
    name: 'a tag that Git lacks leaves the word to the annotation github.com/sha',
    story: [healthy('shop', { op: 0, images: ['ghcr.io/acme/shop:latest'], annotations: { 'github.com/sha': s1 } })],
    github: ['tag latest', ...SUCCESS],
  },
  {
    name: 'a commit once read from a tag is known by the digest too',
    story: [
      tag('v1.2.3', s1),
      healthy('shop', { op: 0, images: [`ghcr.io/acme/shop:v1.2.3@${digest}`] }),
      healthy('web', { op: 0, images: [`ghcr.io/acme/shop@${digest}`] }),
    ],
    github: ['tag v1.2.3', ...SUCCESS],
  },
  {
    name: 'two containers of two commits are unresolved, and github.com/sha does not settle it',
    story: [
      healthy('shop', {
        op: 0,
        images: [`ghcr.io/acme/shop/api:${s1}`, `ghcr.io/acme/shop/web:${s2}`],
        annotations: { 'github.com/sha': s1 },
      }),
    ],
    github: [],
    unresolved: [`shop: ${TWO_COMMITS}`],
  },
  {
    name: 'two containers of two commits are settled by the annotation github.com/image',
    story: [
      healthy('shop', {
        op: 0,
        images: [`ghcr.io/acme/shop/api:${s1}`, `ghcr.io/acme/shop/web:${s2}`],
        annotations: { 'github.com/image': 'ghcr.io/acme/other, ghcr.io/acme/*/api' },
      }),
    ],
    github: SUCCESS,
  },
  {
    name: 'the annotation github.com/image is matched against the whole reference',
    story: [
      healthy('shop', {
        op: 0,
        images: [`ghcr.io/acme/shop:${s1}`],
        annotations: { 'github.com/image': 'acme/shop' },
      }),
    ],
    github: [],
    unresolved: [`shop: ${NO_COMMIT}`],
  },
  {
    name: 'a digest alone tells no commit',
    story: [healthy('shop', { op: 0, images: [`ghcr.io/acme/shop@${digest}`] })],
    github: [],
    unresolved: [`shop: ${NO_COMMIT}`],
  },
  {
    name: 'a digest alone is the commit of the annotation github.com/sha',
    story: [
      healthy('shop', {
        op: 0,
        images: [`ghcr.io/acme/shop@${digest}`],
        annotations: { 'github.com/sha': s1 },
      }),
    ],
    github: SUCCESS,
  },
  {
    name: 'an application whose images have become unclear writes nothing, and is listed, until they are clear again',
    story: [
      healthy('shop', { op: 0, sha: s1 }),
      healthy('shop', { op: 60, images: [`ghcr.io/acme/shop@${digest}`], manifests: m2 }),
      says('shop', { op: 120, sha: s2, manifests: m2, health: 'Healthy' }),
    ],
    github: [...SUCCESS, 'create #2 s2 production', '#2 success shop: healthy', '#1 inactive superseded by 2222222'],
  },
  {
    name: 'an application whose images were unclear for a while keeps its state, and its former content changes nothing',
    story: [
      healthy('shop', { op: 0, sha: s1, manifests: m1 }),
      healthy('shop', { op: 60, images: ['ghcr.io/acme/shop:latest'], manifests: m2 }),
      healthy('shop', { op: 120, sha: s1, manifests: m1 }),
    ],
    github: [...SUCCESS, 'tag latest'],
  },
];
