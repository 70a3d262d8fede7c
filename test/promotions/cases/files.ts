/** What is found on the base, what is refused there, and what Image Updater proposes. */
import { IMAGE, overlay } from '../promotion-world.ts';
import { AUTO, at, type Case, environment, FREE, image, path, pinned, push, RULES, rules, updater } from '../story.ts';

const SHARED = `x: &tag v1.0.0\nimages:\n  - name: ${IMAGE}\n    newTag: *tag\n`;
const OPENED = ['open #1 Promote shop v1.1.0 to sandbox', 'check neutral'];

export const files: readonly Case[] = [
  {
    name: 'what cannot be edited safely is refused, with its file and line',
    files: { [path('sandbox')]: SHARED },
    story: [image('v1.1.0'), at(100)],
    calls: [],
    open: [],
    says: 'The pin is the alias *tag: its value stands elsewhere.',
  },
  {
    name: 'where a pull request stands already, its check says so',
    story: [image('v1.1.0'), at(50, push({ [path('sandbox')]: SHARED })), at(100)],
    calls: [...OPENED, 'check failure'],
    open: ['#1 Promote shop v1.1.0 to sandbox'],
  },
  {
    name: 'a base that has changed the file has it rebuilt, and one that has not leaves it alone',
    story: [
      image('v1.1.0'),
      at(50, push({ 'README.md': 'hello' })),
      at(100, push({ [path('sandbox')]: `# mine\n${overlay({ [IMAGE]: 'v1.0.0' })}` })),
      at(200),
    ],
    calls: [...OPENED, 'update #1 Promote shop v1.1.0 to sandbox', 'check neutral'],
    open: ['#1 Promote shop v1.1.0 to sandbox'],
  },
  {
    name: 'a target that is gone takes its pull request along',
    story: [image('v1.1.0'), at(50, push({ [path('sandbox')]: 'resources: []\n' })), at(100)],
    calls: [...OPENED, 'gates #1', 'gates #1', 'close #1'],
    open: [],
  },
  {
    name: "Image Updater's own pull request is taken over, and closed with a link",
    rules: AUTO,
    story: [updater(7, pinned('sandbox', 'v1.1.0')), at(100)],
    calls: ['branch image-updater-shop', 'open #8 Promote shop v1.1.0 to sandbox', 'check neutral', 'close #7'],
    open: ['#8 Promote shop v1.1.0 to sandbox'],
  },
  {
    name: 'production waits until its commit has soaked in the sandbox',
    files: {
      [RULES]: rules('require: { after: { environment: sandbox, soak: 30m } }'),
      ...pinned('production', 'v1.0.0'),
    },
    story: [
      image('v1.1.0', 'a2'),
      at(60, environment('sandbox', 'a2', 'in_progress')),
      at(120, environment('sandbox', 'a2', 'success')),
      at(1900),
      at(2000),
    ],
    calls: [
      'source a2 alone',
      'open #1 Promote shop v1.1.0 to production',
      'tell subscribe acme/shop',
      'check waits',
      'check waits',
      'source a2 alone',
      'gates #1',
      'check success',
      'merge #1',
      'tell promoted acme/shop',
    ],
    open: [],
    pins: { production: 'v1.1.0' },
  },
  {
    name: 'what was merged has arrived: its pull request gets a link to the deployment, once',
    rules: FREE,
    story: [
      image('v1.1.0', 'a2'),
      at(60, environment('sandbox', 'a2', 'in_progress')),
      at(70, environment('sandbox', 'a2', 'success')),
      at(80, environment('sandbox', 'a2', 'in_progress')),
      at(90, environment('sandbox', 'a2', 'success')),
    ],
    calls: [
      'source a2 alone',
      'open #1 Promote shop v1.1.0 to sandbox',
      'gates #1',
      'check success',
      'merge #1',
      'tell promoted acme/shop',
      'comment #1 🟢 acme/shop@a000000000000000000000000000000000000002 is [deployed](/acme/shop/deployments/sandbox) to `sandbox`.',
    ],
    open: [],
    pins: { sandbox: 'v1.1.0' },
  },
  {
    name: 'a commit that has failed in the sandbox is left to a person',
    files: { [RULES]: rules('require: { after: { environment: sandbox } }'), ...pinned('production', 'v1.0.0') },
    story: [image('v1.1.0', 'a2'), at(60, environment('sandbox', 'a2', 'failure')), at(100)],
    calls: [
      'source a2 alone',
      'open #1 Promote shop v1.1.0 to production',
      'tell subscribe acme/shop',
      'check waits',
      'check neutral',
    ],
    open: ['#1 Promote shop v1.1.0 to production'],
    says: 'A person decides. It has failed in `sandbox`.',
  },
  {
    name: 'what fails after its merge is taken back by a pull request that a person merges, once',
    rules: `${FREE}    onFailure: revert\n`,
    story: [
      image('v1.1.0', 'a2'),
      at(60, environment('sandbox', 'a2', 'failure')),
      at(100, environment('sandbox', 'a2', 'failure')),
      at(200),
    ],
    calls: [
      'source a2 alone',
      'open #1 Promote shop v1.1.0 to sandbox',
      'tell subscribe acme/shop',
      'gates #1',
      'check success',
      'merge #1',
      'tell promoted acme/shop',
      'open #2 Take sandbox back to shop v1.0.0',
      'check neutral',
    ],
    open: ['#2 Take sandbox back to shop v1.0.0'],
    pins: { sandbox: 'v1.1.0' },
  },
];
