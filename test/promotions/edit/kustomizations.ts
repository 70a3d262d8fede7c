/** Kustomizations, as repositories hold them. */
import { IMAGE, NEW, OLD, type Shape } from './shape.ts';

const HEAD = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- ../../base
`;

export const kustomizations: readonly Shape[] = [
  {
    name: 'a sequence that is not indented, as kustomize edit writes it',
    text: `${HEAD}images:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n`,
    diff: ['-7   newTag: v1.4.0', '+7   newTag: v1.5.0'],
  },
  {
    name: 'an indented sequence',
    text: `${HEAD}images:\n  - name: ghcr.io/acme/shop\n    newTag: v1.4.0\n`,
    diff: ['-7     newTag: v1.4.0', '+7     newTag: v1.5.0'],
  },
  {
    name: 'both ways of indenting in one file',
    text: 'resources:\n- ../../base\nimages:\n    - name: ghcr.io/acme/shop\n      newTag: v1.4.0\npatches:\n- path: a.yaml\n',
    diff: ['-5       newTag: v1.4.0', '+5       newTag: v1.5.0'],
  },
  {
    name: 'line breaks of Windows',
    text: `${HEAD}images:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n`.replaceAll('\n', '\r\n'),
    diff: ['-7   newTag: v1.4.0\r', '+7   newTag: v1.5.0\r'],
  },
  {
    name: 'a byte order mark before the first key',
    text: `\uFEFFimages:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n`,
    diff: ['-3   newTag: v1.4.0', '+3   newTag: v1.5.0'],
  },
  {
    name: 'comments above, behind and below, with their columns',
    text: 'images:   # what runs\n# the shop\n- name: ghcr.io/acme/shop # theirs\n  newTag: v1.4.0      # by hand\n  # the end\n',
    diff: ['-4   newTag: v1.4.0      # by hand', '+4   newTag: v1.5.0      # by hand'],
  },
  {
    name: 'a tab before a comment',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\t# by hand\n',
    diff: ['-3   newTag: v1.4.0\t# by hand', '+3   newTag: v1.5.0\t# by hand'],
  },
  {
    name: 'double quotes stay',
    text: 'images:\n- name: "ghcr.io/acme/shop"\n  newTag: "v1.4.0"\n',
    diff: ['-3   newTag: "v1.4.0"', '+3   newTag: "v1.5.0"'],
  },
  {
    name: 'single quotes stay',
    text: "images:\n- name: 'ghcr.io/acme/shop'\n  newTag: 'v1.4.0'\n",
    diff: ["-3   newTag: 'v1.4.0'", "+3   newTag: 'v1.5.0'"],
  },
  {
    name: 'a quoted key stays',
    text: '"images":\n- "name": ghcr.io/acme/shop\n  "newTag": v1.4.0\n',
    diff: ['-3   "newTag": v1.4.0', '+3   "newTag": v1.5.0'],
  },
  {
    name: 'a tag of digits is quoted',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: v1\n',
    wanted: { tag: '20261125' },
    diff: ['-3   newTag: v1', '+3   newTag: "20261125"'],
  },
  {
    name: 'a short hash that reads as a number is quoted',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: a1b2c3d\n',
    wanted: { tag: '12e4567' },
    diff: ['-3   newTag: a1b2c3d', '+3   newTag: "12e4567"'],
  },
  {
    name: 'a short hash that begins with digits and is none stays plain',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: a1b2c3d\n',
    wanted: { tag: '12f4567' },
    diff: ['-3   newTag: a1b2c3d', '+3   newTag: 12f4567'],
  },
  {
    name: 'a version of two parts is quoted',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: "1.19"\n',
    wanted: { tag: '1.20' },
    diff: ['-3   newTag: "1.19"', '+3   newTag: "1.20"'],
  },
  {
    name: 'a date, which the older YAML knows as a time, is quoted',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: latest\n',
    wanted: { tag: '2026-11-25' },
    diff: ['-3   newTag: latest', '+3   newTag: "2026-11-25"'],
  },
  {
    name: 'a word that is true or false to the older YAML is quoted',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: stable\n',
    wanted: { tag: 'on' },
    diff: ['-3   newTag: stable', '+3   newTag: "on"'],
  },
  {
    name: 'a number with underscores, which Go reads as one, is quoted',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: stable\n',
    wanted: { tag: '1_0' },
    diff: ['-3   newTag: stable', '+3   newTag: "1_0"'],
  },
  {
    name: 'a number in capitals, which Go alone reads as one, is quoted',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: stable\n',
    wanted: { tag: '0X1F' },
    diff: ['-3   newTag: stable', '+3   newTag: "0X1F"'],
  },
  {
    name: 'a tag that was written as a number was a number',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: 1.20\n',
    wanted: { tag: '1.20.1' },
    diff: ['-3   newTag: 1.20', '+3   newTag: 1.20.1'],
  },
  {
    name: 'an empty value gets its space',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag:\n',
    diff: ['-3   newTag:', '+3   newTag: v1.5.0'],
  },
  {
    name: 'an empty value before a comment',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: # by Hawser\n',
    diff: ['-3   newTag: # by Hawser', '+3   newTag: v1.5.0 # by Hawser'],
  },
  {
    name: 'empty quotes stay quotes',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: ""\n',
    diff: ['-3   newTag: ""', '+3   newTag: "v1.5.0"'],
  },
  {
    name: 'the old tag is gone, said by null',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: ~\n',
    diff: ['-3   newTag: ~', '+3   newTag: v1.5.0'],
  },
  {
    name: 'an entry in braces',
    text: 'images:\n- { name: ghcr.io/acme/shop,  newTag: v1.4.0 }  # padded\n',
    diff: [
      '-2 - { name: ghcr.io/acme/shop,  newTag: v1.4.0 }  # padded',
      '+2 - { name: ghcr.io/acme/shop,  newTag: v1.5.0 }  # padded',
    ],
  },
  {
    name: 'everything on one line',
    text: 'images: [{name: ghcr.io/acme/shop, newTag: v1.4.0}, {name: redis, newTag: "7"}]\n',
    diff: [
      '-1 images: [{name: ghcr.io/acme/shop, newTag: v1.4.0}, {name: redis, newTag: "7"}]',
      '+1 images: [{name: ghcr.io/acme/shop, newTag: v1.5.0}, {name: redis, newTag: "7"}]',
    ],
  },
  {
    name: 'JSON is YAML',
    text: '{\n\t"images": [\n\t\t{ "name": "ghcr.io/acme/shop", "newTag": "v1.4.0" }\n\t]\n}\n',
    diff: [
      '-3 \t\t{ "name": "ghcr.io/acme/shop", "newTag": "v1.4.0" }',
      '+3 \t\t{ "name": "ghcr.io/acme/shop", "newTag": "v1.5.0" }',
    ],
  },
  {
    name: 'no line break at the end',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0',
    diff: ['-3   newTag: v1.4.0', '+3   newTag: v1.5.0'],
  },
  {
    name: 'a line of hundreds of characters is not folded',
    text: `commonAnnotations:\n  why: ${'because '.repeat(50)}\nimages:\n- newTag: v1.4.0\n  name: ghcr.io/acme/shop\n`,
    diff: ['-4 - newTag: v1.4.0', '+4 - newTag: v1.5.0'],
  },
  {
    name: 'a document that begins with --- and ends with ...',
    text: '# ours\n\n---\nimages:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n...\n',
    diff: ['-6   newTag: v1.4.0', '+6   newTag: v1.5.0'],
  },
  {
    name: 'nothing after the last ---',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n---\n',
    diff: ['-3   newTag: v1.4.0', '+3   newTag: v1.5.0'],
  },
  {
    name: 'the name that the base gave it is the one that counts',
    text: `images:
- name: ghcr.io/acme/shop
  newName: mirror.example.com/shop
  newTag: v1.3.0
- name: shop
  newName: ghcr.io/acme/shop
  newTag: v1.4.0
`,
    diff: ['-7   newTag: v1.4.0', '+7   newTag: v1.5.0'],
  },
  {
    name: 'a mirror of the image follows it where nothing else pins it',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newName: mirror.example.com:5000/shop\n  newTag: v1.4.0\n',
    diff: ['-4   newTag: v1.4.0', '+4   newTag: v1.5.0'],
  },
  {
    name: 'another image that only begins alike stays',
    text: 'images:\n- name: ghcr.io/acme/shop-worker\n  newTag: v1.4.0\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n',
    diff: ['-5   newTag: v1.4.0', '+5   newTag: v1.5.0'],
  },
  {
    name: 'two parts of the application run one image: both move',
    text: `images:
- name: web
  newName: ghcr.io/acme/shop
  newTag: v1.4.0
- name: worker
  newName: ghcr.io/acme/shop
  newTag: v1.4.0
`,
    diff: ['-4   newTag: v1.4.0', '+4   newTag: v1.5.0', '-7   newTag: v1.4.0', '+7   newTag: v1.5.0'],
  },
  {
    name: "Docker's short names are names",
    image: 'docker.io/library/nginx',
    text: 'images:\n- name: nginx\n  newTag: "1.27.1"\n',
    wanted: { tag: '1.27.2' },
    diff: ['-3   newTag: "1.27.1"', '+3   newTag: "1.27.2"'],
  },
  {
    name: 'a digest stands for itself',
    text: `images:\n- name: ghcr.io/acme/shop\n  digest: ${OLD}\n`,
    wanted: { digest: NEW },
    diff: [`-3   digest: ${OLD}`, `+3   digest: ${NEW}`],
  },
  {
    name: 'a candidate with tag and digest: who pins tags gets the tag',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n',
    wanted: { tag: 'v1.5.0', digest: NEW },
    diff: ['-3   newTag: v1.4.0', '+3   newTag: v1.5.0'],
  },
  {
    name: 'a candidate with tag and digest: who pins digests gets the digest',
    text: `images:\n- name: ghcr.io/acme/shop\n  digest: ${OLD} # v1.4.0\n`,
    wanted: { tag: 'v1.5.0', digest: NEW },
    diff: [`-3   digest: ${OLD} # v1.4.0`, `+3   digest: ${NEW} # v1.4.0`],
  },
  {
    name: 'a candidate with tag and digest: who pins both gets both',
    text: `images:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n  digest: ${OLD}\n`,
    wanted: { tag: 'v1.5.0', digest: NEW },
    diff: ['-3   newTag: v1.4.0', `-4   digest: ${OLD}`, '+3   newTag: v1.5.0', `+4   digest: ${NEW}`],
  },
  {
    name: 'a tag takes the place of a digest, in its line',
    text: `images:\n- name: ghcr.io/acme/shop\n  digest: ${OLD}\n`,
    diff: [`-3   digest: ${OLD}`, '+3   newTag: v1.5.0'],
  },
  {
    name: 'a digest takes the place of a tag, in its line',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: "v1.4.0"\n',
    wanted: { digest: NEW },
    diff: ['-3   newTag: "v1.4.0"', `+3   digest: "${NEW}"`],
  },
  {
    name: 'a tag drops the digest beside it: the second line',
    text: `images:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n  digest: ${OLD}\npatches: []\n`,
    diff: ['-3   newTag: v1.4.0', `-4   digest: ${OLD}`, '+3   newTag: v1.5.0'],
  },
  {
    name: 'a digest drops the tag beside it: the second line',
    text: `images:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n  digest: ${OLD}`,
    wanted: { digest: NEW },
    diff: ['-3   newTag: v1.4.0', `-4   digest: ${OLD}`, `+3   digest: ${NEW}`],
  },
  {
    name: 'a tag drops the last line of a file without a line break',
    text: `images:\r\n- name: ghcr.io/acme/shop\r\n  newTag: v1.4.0\r\n  digest: ${OLD}`,
    diff: ['-3   newTag: v1.4.0\r', `-4   digest: ${OLD}`, '+3   newTag: v1.5.0'],
  },
  {
    name: 'a digest that opens its entry is dropped',
    text: `images:\n- digest: ${OLD}\n  name: ghcr.io/acme/shop\n  newTag: v1.4.0\n`,
    diff: [
      `-2 - digest: ${OLD}`,
      '-3   name: ghcr.io/acme/shop',
      '-4   newTag: v1.4.0',
      '+2 - name: ghcr.io/acme/shop',
      '+3   newTag: v1.5.0',
    ],
  },
  {
    name: 'a digest in braces is dropped with its comma',
    text: `images:\n- { name: ghcr.io/acme/shop, digest: ${OLD}, newTag: v1.4.0 }\n`,
    diff: [
      `-2 - { name: ghcr.io/acme/shop, digest: ${OLD}, newTag: v1.4.0 }`,
      '+2 - { name: ghcr.io/acme/shop, newTag: v1.5.0 }',
    ],
  },
  {
    name: 'an entry that only renames gets its first tag',
    text: 'images:\n  - name: shop\n    newName: ghcr.io/acme/shop  # ours\nnamePrefix: a-\n',
    diff: ['+4     newTag: v1.5.0'],
  },
  {
    name: 'an entry that only renames, with line breaks of Windows',
    text: 'images:\r\n- name: shop\r\n  newName: ghcr.io/acme/shop\r\n',
    diff: ['+4   newTag: v1.5.0\r'],
  },
  {
    name: 'an entry in braces gets its first tag',
    text: 'images: [{ name: shop, newName: ghcr.io/acme/shop }]\n',
    wanted: { tag: '1.20' },
    diff: [
      '-1 images: [{ name: shop, newName: ghcr.io/acme/shop }]',
      '+1 images: [{ name: shop, newName: ghcr.io/acme/shop, newTag: "1.20" }]',
    ],
  },
  {
    name: 'an anchor elsewhere is of no concern',
    text: 'commonLabels: &labels { app: shop }\ncommonAnnotations: *labels\nimages:\n- name: ghcr.io/acme/shop\n  newTag: v1.4.0\n',
    diff: ['-5   newTag: v1.4.0', '+5   newTag: v1.5.0'],
  },
  {
    name: 'a tag that says it is a string',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: !!str 7\n',
    wanted: { tag: '8' },
    diff: ['-3   newTag: !!str 7', '+3   newTag: !!str "8"'],
  },
  {
    name: 'the tag is there already',
    text: 'images:\n- name: ghcr.io/acme/shop\n  newTag: v1.5.0\n',
    diff: [],
  },
  {
    name: 'the tag is there already, and is pinned by its digest too',
    text: `images:\n- name: ghcr.io/acme/shop\n  newTag: v1.5.0\n  digest: ${OLD}\n`,
    diff: [],
  },
  {
    name: 'another image',
    text: `images:\n- name: redis\n  newTag: "7"\n`,
    refused: `not-pinned 1: The file does not pin ${IMAGE}.`,
  },
  { name: 'no images at all', text: HEAD, refused: `not-pinned 1: The file does not pin ${IMAGE}.` },
];
