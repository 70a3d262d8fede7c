/** Which names `init` refuses, each in one line with its flag, and which it takes. */
import { expect, it } from 'vitest';
import { asked, lay, NAMES, temporary, treeOf } from './hawser.ts';

const set = lay(temporary(), {
  'example-app/a': 'example-app\n',
  'argo-config/b': 'example-org\n',
  'example-app-deployment/c': '',
});
const LABEL = 'is no RFC 1123 label (1 to 63 lower-case letters, digits and dashes, no dash at either end)';
const DOMAIN = 'is no domain: RFC 1123 labels (lower-case letters, digits and dashes) with dots between them';
const NO_TEXT = 'is no text to YAML, but a number, a date, or a yes or no';
const label = (length: number) => 'a'.repeat(length);
const domain = (length: number) => `${`${label(49)}.`.repeat(5).slice(0, length - 2)}.a`;

it.each([
  ['--org', 'Acme', LABEL],
  ['--org', 'acme_org', LABEL],
  ['--org', '', LABEL],
  ['--org', 'acme-', LABEL],
  ['--org', '../acme', LABEL],
  ['--org', label(40), 'is longer than the 39 characters that GitHub allows an organisation'],
  ['--org', '123', NO_TEXT],
  ['--org', '1e5', NO_TEXT],
  ['--org', '2001-12-14', NO_TEXT],
  ['--app', 'on', NO_TEXT],
  ['--app', 'null', NO_TEXT],
  ['--domain', '1.5e3', NO_TEXT],
  ['--app', 'hawser', 'has its host already: that of argocd or hawser'],
  ['--app', 'shöp', LABEL],
  ['--app', 'shop/../../etc', LABEL],
  ['--app', '[', LABEL],
  ['--app', label(64), LABEL],
  [
    '--app',
    label(12),
    "is longer than 11 characters: with a slug of 50 and two dashes before it, a preview's host would be no DNS label (63)",
  ],
  ['--app', '3shops', 'does not begin with a letter, as the name of a Service must'],
  ['--app', 'a--b', "has two dashes in a row, which part slug and application in a preview's host"],
  ['--app', 'a-addon', 'ends like one of the repositories beside it (-deployment, -infra, -addon)'],
  ['--app', 'argo-config', 'two repositories would be named argo-config'],
  ['--domain', 'acme', 'is no domain: it wants a name like acme.com'],
  ['--domain', '10.0.0.1', 'is no domain: it wants a name like acme.com'],
  ['--domain', 'https://acme.com', DOMAIN],
  ['--domain', 'acme..com', DOMAIN],
  ['--domain', 'acme.com.', DOMAIN],
  ['--domain', '*.acme.com', DOMAIN],
  ['--domain', `${label(64)}.com`, DOMAIN],
  ['--domain', domain(190), 'is longer than 189 characters: no room is left for a label before it'],
  ['--preview-domain', 'acme.com', 'would catch the hosts of acme.com: previews need a zone of their own'],
  ['--preview-domain', 'com.', DOMAIN],
  [
    '--preview-domain',
    'sandbox.acme.com',
    'would catch the hosts of sandbox.acme.com: previews need a zone of their own',
  ],
  ['--only', 'deployment,shop', 'there is no such repository; there are argo-config, app, deployment'],
])('%s %j: %s', async (flag, value, because) => {
  const directory = temporary();

  const answer = await asked('init', directory, '--set', set, ...NAMES, flag, value);

  const shown = flag === '--only' ? 'shop' : value;
  expect(answer).toEqual({ code: 1, out: '', err: `${flag} ${shown}: ${because}` });
  expect(treeOf(directory)).toEqual({});
});

it.each([
  ['--org', label(39)],
  ['--app', label(11)],
  ['--domain', domain(189)],
  ['--domain', 'xn--bcher-kva.example.museum'],
  ['--preview-domain', 'preview.acme.com'],
])('%s %j is taken', async (flag, value) => {
  expect(await asked('init', temporary(), '--set', set, ...NAMES, flag, value)).toMatchObject({ code: 0, err: '' });
});

it('a wrong answer comes before a missing one', async () => {
  const answer = await asked('init', temporary(), '--set', set, '--org', 'Acme');

  expect(answer).toEqual({ code: 1, out: '', err: `--org Acme: ${LABEL}` });
});
