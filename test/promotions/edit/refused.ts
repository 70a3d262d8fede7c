/** What is left to a person, by the reason that the person is told. */
import { NEW, type Shape } from './shape.ts';

const ENTRY = '- name: ghcr.io/acme/shop\n';

export const refused: readonly Shape[] = [
  {
    name: 'an alias for the tag',
    text: `x: &tag v1.4.0\nimages:\n${ENTRY}  newTag: *tag\n`,
    refused: 'alias 4: The pin is the alias *tag: its value stands elsewhere.',
  },
  {
    name: 'an anchor at the tag',
    text: `images:\n${ENTRY}  newTag: &tag v1.4.0\n- name: redis\n  newTag: *tag\n`,
    refused: 'anchor 3: The pin lies under the anchor &tag: what refers to it would change too.',
  },
  {
    name: 'an anchor above the pin',
    text: `images: &images\n${ENTRY}  newTag: v1.4.0\n`,
    refused: 'anchor 2: The pin lies under the anchor &images: what refers to it would change too.',
  },
  {
    name: 'the images of elsewhere',
    text: `x: &images\n${ENTRY}  newTag: v1.4.0\nimages: *images\n`,
    refused: 'alias 4: The pin is the alias *images: its value stands elsewhere.',
  },
  {
    name: 'an entry that takes its keys from an anchor',
    text: `x: &shop { name: ghcr.io/acme/shop }\nimages:\n- <<: *shop\n  newTag: v1.4.0\n`,
    refused: 'merge-key 3: The pin may come in by this <<.',
  },
  {
    name: 'Helm values with an anchor for the image',
    format: 'helm',
    text: 'image: &image\n  repository: ghcr.io/acme/shop\n  tag: v1.4.0\nworker:\n  image: *image\n',
    refused: 'anchor 2: The pin lies under the anchor &image: what refers to it would change too.',
  },
  {
    name: 'Helm values with merged defaults',
    format: 'helm',
    text: 'x: &defaults { tag: v1.4.0 }\nimage:\n  <<: *defaults\n  repository: ghcr.io/acme/shop\n',
    refused: 'merge-key 3: The pin may come in by this <<.',
  },
  {
    name: 'the key twice',
    text: `images:\n${ENTRY}  newTag: v1.4.0\n  newTag: v1.3.0\n`,
    refused: 'duplicate-key 4: The key stands here a second time: who reads it decides which one counts.',
  },
  {
    name: 'images twice',
    text: `images:\n${ENTRY}  newTag: v1.4.0\nimages: []\n`,
    refused: 'duplicate-key 4: The key stands here a second time: who reads it decides which one counts.',
  },
  {
    name: 'a parameter of Helm twice',
    format: 'argocd-source',
    text: 'helm:\n  parameters:\n  - name: image.tag\n    value: v1.4.0\n  - name: image.name\n    value: ghcr.io/acme/shop\n  - name: image.tag\n    value: v1.3.0\n',
    refused:
      'duplicate-key 7: The parameter image.tag stands here a second time: which one counts is not for their order alone to say.',
  },
  {
    name: 'a parameter of Helm twice, the first forced to be a string',
    format: 'argocd-source',
    text: 'helm:\n  parameters:\n  - { name: image.tag, value: v1.3.0, forceString: true }\n  - { name: image.tag, value: v1.4.0 }\n',
    refused:
      'duplicate-key 4: The parameter image.tag stands here a second time: which one counts is not for their order alone to say.',
  },
  {
    name: 'a parameter of Helm that a file overrules',
    format: 'argocd-source',
    text: 'helm:\n  parameters:\n  - name: image.tag\n    value: v1.4.0\n  fileParameters:\n  - name: image.tag\n    path: tag.txt\n',
    refused:
      'duplicate-key 6: The parameter image.tag stands here a second time: which one counts is not for their order alone to say.',
  },
  {
    name: 'the parameter that holds the whole reference twice',
    format: 'argocd-source',
    keys: { image: 'web.image' },
    text: 'helm:\n  parameters:\n  - name: web.image\n    value: ghcr.io/acme/shop:v1.4.0\n  - name: web.image\n    value: ghcr.io/acme/shop:v1.3.0\n',
    refused:
      'duplicate-key 5: The parameter web.image stands here a second time: which one counts is not for their order alone to say.',
  },
  {
    name: 'several documents',
    format: 'manifest',
    text: 'image: ghcr.io/acme/shop:v1.4.0\n---\nkind: Service\n',
    refused: 'several-documents 2: The file holds several YAML documents.',
  },
  {
    name: 'a tab for indentation',
    text: `images:\n- name: ghcr.io/acme/shop\n\tnewTag: v1.4.0\n`,
    refused: 'tab 3: The line is indented with a tab, which YAML forbids.',
  },
  {
    name: 'a template of Helm',
    format: 'manifest',
    text: 'spec:\n  {{- if .Values.on }}\n  image: ghcr.io/acme/shop:v1.4.0\n  {{- end }}\n',
    refused: 'template 2: The file is a template, not YAML.',
  },
  {
    name: 'a variable that somebody else fills in',
    format: 'manifest',
    text: 'spec:\n  image: ghcr.io/acme/shop:${TAG}\n',
    refused: 'template 2: ${TAG} is no tag and no digest.',
  },
  {
    name: 'a template for the tag',
    text: `images:\n${ENTRY}  newTag: {{ tag }}\n`,
    refused: 'shape 3: newTag is not a single value here.',
  },
  {
    name: 'a block of text for the tag',
    text: `images:\n${ENTRY}  newTag: |-\n    v1.4.0\n`,
    refused: 'several-lines 3: The value goes over several lines.',
  },
  {
    name: 'a YAML tag of their own',
    text: `images:\n${ENTRY}  newTag: !vault v1.4.0\n`,
    refused: 'tagged 3: The pin lies under the YAML tag !vault.',
  },
  {
    name: 'a canary beside the stable release',
    text: `images:\n${ENTRY}  newTag: v1.4.0\n- name: canary\n  newName: ghcr.io/acme/shop\n  newTag: v1.4.1\n`,
    refused: 'pins-differ 4: The lines 2 and 4 pin the image differently.',
  },
  {
    name: 'an entry that a later one takes its image from',
    text: `images:\n- name: shop\n  newName: ghcr.io/acme/shop\n  newTag: v1.4.0\n${ENTRY}  newName: mirror.example.com/shop\n  newTag: v1.3.0\n`,
    refused: 'overruled 5: Kustomize changes the image once more by this later entry.',
  },
  {
    name: 'a mirror that has a mirror of its own',
    text: `images:\n${ENTRY}  newName: mirror.example.com/shop\n  newTag: v1.4.0\n- name: mirror.example.com/shop\n  newTag: v1.3.0\n`,
    refused: 'overruled 5: Kustomize changes the image once more by this later entry.',
  },
  {
    name: 'a suffix that Kustomize puts behind the tag',
    text: `images:\n${ENTRY}  newTag: v1.4.0\n  tagSuffix: -debug\n`,
    refused: 'overruled 4: Kustomize changes the tag once more by this suffix.',
  },
  {
    name: 'a comment in the way of what has to go',
    text: `images:\n- digest: sha256:${'0'.repeat(64)} # by hand\n  name: ghcr.io/acme/shop\n  newTag: v1.4.0\n`,
    refused: 'comment 2: What has to go shares its line with a comment.',
  },
  {
    name: "another image where the target's should be",
    format: 'helm',
    text: 'image:\n  repository: ghcr.io/acme/shop-worker\n  tag: v1.4.0\n',
    refused: "other-image 2: The target's image is ghcr.io/acme/shop; here it is ghcr.io/acme/shop-worker.",
  },
  {
    name: 'a digest without a key for it',
    format: 'helm',
    keys: { image: 'image.repository', tag: 'image.tag' },
    text: 'image:\n  repository: ghcr.io/acme/shop\n  tag: v1.4.0\n',
    wanted: { digest: NEW },
    refused: 'no-key 3: A digest is wanted, and the file has no key for one where the target says.',
  },
  {
    name: 'no YAML',
    text: 'images: [\n',
    refused:
      'not-yaml 2: The file is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
  },
  { name: 'a file of nothing', text: '# later\n', refused: 'not-pinned 1: The file is empty.' },
  {
    name: 'a file too large to be read five times',
    text: `#${'x'.repeat(262_144)}`,
    refused: 'too-large 1: The file is larger than 256 KiB.',
  },
  {
    name: 'brackets within brackets, ten thousand times',
    text: '['.repeat(10_000),
    refused: 'not-yaml 1: The file is nested too deeply.',
  },
];
