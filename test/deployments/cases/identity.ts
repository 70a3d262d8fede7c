/** Who an application is, and where it runs: applications made again within a second, and addresses from configuration. */
import { m2, s1, s2 } from '../../../local/application.ts';
import { type Case, deleted, healthy } from '../story.ts';

const preview = { environment: 'preview', pr: 7, op: 0, sha: s1 } as const;
const page = 'log https://main.example.com/applications/argocd/shop';

export const identity: readonly Case[] = [
  {
    name: 'of two applications of one name and one second the one with the greater uid is the later',
    story: [
      healthy('shop', { op: 0, sha: s1, uid: 'b' }),
      healthy('shop', { op: 60, sha: s2, manifests: m2, uid: 'a' }),
      healthy('shop', { op: 60, sha: s2, manifests: m2, uid: 'c' }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      'create #2 s2 production',
      '#2 success shop: healthy',
      '#1 inactive shop was made again',
    ],
    ignored: { 1: 'stale' },
  },
  {
    name: 'after a deletion the other application of that second is the later, whatever its uid',
    story: [
      healthy('shop', { op: 0, sha: s1, uid: 'b' }),
      deleted('shop', { op: 0, sha: s1, uid: 'b' }),
      healthy('shop', { op: 60, sha: s2, manifests: m2, uid: 'a' }),
    ],
    github: [
      'create #1 s1 production',
      '#1 success shop: healthy',
      '#1 inactive shop was deleted',
      'create #2 s2 production',
      '#2 success shop: healthy',
    ],
  },
  {
    name: 'an application that was created before the present one is a straggler, though its uid is greater',
    story: [
      healthy('shop', { op: 0, sha: s1, uid: 'b', created: -100 }),
      healthy('shop', { op: 60, sha: s2, uid: 'c', created: -200 }),
    ],
    github: ['create #1 s1 production', '#1 success shop: healthy'],
    ignored: { 1: 'stale' },
  },
  {
    name: 'an address that needs a slug is none without it',
    detailed: true,
    config: { previews: { url: 'https://{slug}.example.com' } },
    story: [healthy('shop', preview)],
    github: ['create #1 s1 preview, transient', `#1 success shop: healthy, ${page}`],
  },
  {
    name: 'an address that needs no slug is there without it',
    detailed: true,
    config: { previews: { url: 'https://pr-{number}.example.com' } },
    story: [healthy('shop', preview)],
    github: ['create #1 s1 preview, transient', `#1 success shop: healthy, ${page}, at https://pr-7.example.com/`],
  },
  {
    name: 'what an annotation says is one segment of the address, whatever it holds',
    detailed: true,
    config: { previews: { url: 'https://example.com/{slug}/end' } },
    story: [healthy('shop', { ...preview, annotations: { 'github.com/branch-slug': '../Evil?x=1#y' } })],
    github: [
      'create #1 s1 preview, transient',
      `#1 success shop: healthy, ${page}, at https://example.com/..%2fevil%3fx%3d1%23y/end`,
    ],
  },
  {
    name: 'the address of an environment that stays is not that of its previews',
    detailed: true,
    config: { previews: { url: 'https://pr-{number}.example.com' } },
    story: [healthy('shop', { op: 0, sha: s1 })],
    github: ['create #1 s1 production, production', `#1 success shop: healthy, ${page}`],
  },
  {
    name: 'environments have their settings whatever the case of their names',
    detailed: true,
    config: { environments: { LIVE: { production: true, url: 'https://live.example.com/' } } },
    story: [healthy('shop', { op: 0, sha: s1, environment: 'Live' })],
    github: ['create #1 s1 Live, production', `#1 success shop: healthy, ${page}, at https://live.example.com/`],
  },
];
