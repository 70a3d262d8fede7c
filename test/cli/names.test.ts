/** Which names are replaced, and in what surroundings they are not the names that are meant. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { renamed } from '../../cli/init/names.ts';
import { render } from '../../cli/init/render.ts';

const ANSWERS = { org: 'acme', app: 'shop', domain: 'acme.io', previewDomain: 'acme.dev' };

it.each([
  ['example-app', 'shop'],
  ['example-app-deployment', 'shop-deployment'],
  ['example-app-pr-{{.number}}', 'shop-pr-{{.number}}'],
  ['previews-example-app', 'previews-shop'],
  ['_example-app_ and `example-org`', '_shop_ and `acme`'],
  ['ghcr.io/example-org/example-app:1', 'ghcr.io/acme/shop:1'],
  ['https://example-app.example.com/x', 'https://shop.acme.io/x'],
  ['https://example-app.sandbox.example.com.', 'https://shop.sandbox.acme.io.'],
  ['*.example-preview.dev', '*.acme.dev'],
  ['ops@example.com', 'ops@acme.io'],
  ['$example-app ${{ github.repository }} {{ .example }}', '$shop ${{ github.repository }} {{ .example }}'],
  ['example-apps myexample-app example-app2', 'example-apps myexample-app example-app2'],
  ['my-example.com myexample.com example.community', 'my-example.com myexample.com example.community'],
  ['example.com.au example-preview.devel', 'example.com.au example-preview.devel'],
  ['Example-App EXAMPLE_APP example app', 'Example-App EXAMPLE_APP example app'],
])('%s becomes %s', (text, wanted) => {
  expect(renamed(text, ANSWERS)).toBe(wanted);
});

it('puts in names that are names of the set itself, and takes none of them for what stood there', () => {
  const swapped = {
    org: 'example-app',
    app: 'example-org',
    domain: 'example-preview.dev',
    previewDomain: 'example.com',
  };

  expect(renamed('example-org/example-app at example.com, example-preview.dev', swapped)).toBe(
    'example-app/example-org at example-preview.dev, example.com',
  );
});

it('changes nothing but the names, whatever stands around them', () => {
  const own = { org: 'zq-o-zq', app: 'zq-a-zq', domain: 'zq-d-zq.io', previewDomain: 'zq-p-zq.io' };
  const back = (text: string) =>
    text
      .replaceAll('zq-o-zq', 'example-org')
      .replaceAll('zq-a-zq', 'example-app')
      .replaceAll('zq-d-zq.io', 'example.com')
      .replaceAll('zq-p-zq.io', 'example-preview.dev');
  const piece = fc.oneof(
    fc.constantFrom(
      'example-org',
      'example-app',
      'example.com',
      'example-preview.dev',
      '-',
      '.',
      '/',
      '{{',
      '\r\n',
      '\uFEFF',
    ),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  );

  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      expect(back(renamed(text, own))).toBe(text);
    }),
  );
});

it.each([
  ['a NUL byte', [...Buffer.from('example-app'), 0]],
  ['bytes that are no UTF-8', [...Buffer.from('example-app'), 0xff, 0xfe]],
])('leaves a file with %s as it is', (_, bytes) => {
  const content = { bytes: Uint8Array.from(bytes), executable: true };
  const { files } = render({ folder: 'example-app', files: new Map([['logo', content]]) }, ANSWERS);

  expect(files.get('logo')).toEqual(content);
});

it('renames files and folders as well, and the repository’s own', () => {
  const content = { bytes: Buffer.from(''), executable: false };
  const { part, folder, files } = render(
    { folder: 'example-app-infra', files: new Map([['apps/example-app/example-org.yaml', content]]) },
    ANSWERS,
  );

  expect({ part, folder, paths: [...files.keys()] }).toEqual({
    part: 'infra',
    folder: 'shop-infra',
    paths: ['apps/shop/acme.yaml'],
  });
});

it('refuses a name by which two files would become one', () => {
  const content = { bytes: Buffer.from(''), executable: false };
  const files = new Map([
    ['example-app.yaml', content],
    ['argocd.yaml', content],
  ]);

  expect(() => render({ folder: 'argo-config', files }, { ...ANSWERS, app: 'argocd' })).toThrow(
    'argo-config/argocd.yaml: would have the name of another file of the set, argocd.yaml',
  );
});
