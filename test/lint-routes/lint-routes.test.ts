/** The linter of routes: silent on what is shipped, and one line for each mistake that is put into it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lintRoutes } from '../../cli/lint-routes.ts';
import { hawserIn } from '../cli/hawser.ts';

const built = (name: string) => readFileSync(join(import.meta.dirname, `../../local/mesh/built/${name}.yaml`), 'utf8');
const SHIPPED = {
  'production.yaml': built('production'),
  'sandbox.yaml': built('sandbox'),
  'preview.yaml': built('preview'),
};
const EXACTLY = { 'sandbox.yaml': built('sandbox'), 'preview.yaml': built('preview-exact') };
type File = keyof typeof SHIPPED;

const EXPRESSION = String.raw`^(?:.*,)?\s*preview\s*=(?:\s*no-branch\s*|\s*pr-0-example-app\s*)(?:;[^,]*)?(?:,.*)?$`;
const ASKED = `    - headers:
      - name: baggage
        type: RegularExpression
        value: ${EXPRESSION}
      path:
        type: PathPrefix
        value: /
`;

const PREVIEWS =
  '  - group: gateway.networking.k8s.io\n    kind: Gateway\n    name: previews\n    namespace: gateway\n';
const WITHOUT_BAGGAGE = '{ type: RequestHeaderModifier, requestHeaderModifier: { remove: [Baggage] } }';
const REWRITE = '{ type: URLRewrite, urlRewrite: { hostname: example.org } }';
const ALL_HOSTS = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: example-app-all, annotations: { argocd.argoproj.io/sync-wave: "1" } }
spec:
  parentRefs: [{ name: edge, namespace: gateway }]
  rules: [{ filters: [${WITHOUT_BAGGAGE}], backendRefs: [{ name: example-app, port: 80 }] }]
`;

function grpcRoute(parent: string, hosts = ''): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: calls }
spec: { hostnames: [${hosts}], parentRefs: [${parent}] }
`;
}

it('nothing is wrong with what is shipped', () => {
  expect(lint(SHIPPED)).toEqual([]);
  expect(said(SHIPPED)).toMatchObject({
    code: 0,
    out: [
      'production.yaml: ok, 2 stable routes, 0 preview’s routes',
      'sandbox.yaml: ok, 3 stable routes, 0 preview’s routes',
      'preview.yaml: ok, 0 stable routes, 2 preview’s routes',
    ].map((line) => line.replaceAll('’', "'")),
  });
});

it('nothing is wrong with the component for a mesh without expressions', () => {
  expect(said(EXACTLY)).toMatchObject({
    code: 0,
    out: [
      'sandbox.yaml: ok, 3 stable routes, 0 preview’s routes',
      'preview.yaml: ok, 0 stable routes, 2 preview’s routes',
    ].map((line) => line.replaceAll('’', "'")),
  });
});

it('several previews in one file, beside the stable routes', () => {
  const second = SHIPPED['preview.yaml'].replaceAll('pr-0', 'pr-1').replaceAll('no-branch', 'bar');
  const all = [SHIPPED['sandbox.yaml'], SHIPPED['preview.yaml'], second].join('---\n');
  expect(said({ 'all.yaml': all }).out).toEqual(["all.yaml: ok, 3 stable routes, 4 preview's routes"]);
});

it('a list, as kubectl writes it', () => {
  const items = (text: string) =>
    text
      .split(/^---\n/m)
      .map((each) => `- ${each.trimEnd().replaceAll('\n', '\n  ')}\n`)
      .join('');
  const list = `apiVersion: v1\nkind: List\nitems:\n${items(SHIPPED['sandbox.yaml'])}${items(SHIPPED['preview.yaml'])}`;
  expect(lint({ 'list.yaml': list })).toEqual([]);
  expect(lint({ 'list.yaml': list.replaceAll('preview\\s*=', 'preview=.*') })).toHaveLength(2);
});

it.each<[what: string, sandbox: string, preview: string]>([
  [
    'the same filters on both sides, in any order of their fields, and one of the preview for the answer',
    `    filters: [${REWRITE}]\n    matches:\n`,
    `    filters: [{ type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: x-preview, value: '7' }] } }, { urlRewrite: { hostname: example.org }, type: URLRewrite }]\n    matches:\n`,
  ],
  [
    'a path with a slash at its end on one side alone',
    '    matches:\n    - path: { value: /api/ }\n',
    `    matches:\n    - headers: [{ name: baggage, type: RegularExpression, value: '${EXPRESSION}' }]\n      path: { value: /api }\n`,
  ],
])('is nobody’s fault: %s', (_, sandbox, preview) => {
  const edited = (file: File, text: string) =>
    SHIPPED[file].replace(/(name: example-app-mesh[^]*?)    matches:\n/, (_all, before: string) => before + text);
  expect(
    lint({ 'sandbox.yaml': edited('sandbox.yaml', sandbox), 'preview.yaml': edited('preview.yaml', preview) }),
  ).toEqual([]);
});

it('a rule that redirects leads nowhere, and lets nobody’s baggage in', () => {
  const redirect = '  - filters: [{ type: RequestRedirect }]\n    matches: [{ path: { value: /old } }]\n';
  const sandbox = SHIPPED['sandbox.yaml'].replace(/(name: example-app-edge[^]*?  rules:\n)/, `$1${redirect}`);
  expect(lint({ ...SHIPPED, 'sandbox.yaml': sandbox })).toEqual([]);
});

it.each([
  ['for another host', '{ name: edge, namespace: gateway }', 'grpc.example.com'],
  ['on another port of the Service', '{ group: "", kind: Service, name: example-app, port: 81 }', ''],
  ['on another Service', '{ group: "", kind: Service, name: other }', ''],
])('a GRPCRoute %s is nobody’s fault', (_, parent, hosts) => {
  const onAPort = (text: string) => text.replace(/(kind: Service\n    name: example-app\n)/, '$1    port: 80\n');
  const sandbox = `${onAPort(SHIPPED['sandbox.yaml'])}---\n${grpcRoute(parent, hosts)}`;
  expect(lint({ 'sandbox.yaml': sandbox, 'preview.yaml': onAPort(SHIPPED['preview.yaml']) })).toEqual([]);
});

it('a GRPCRoute of production is nothing to the previews of the sandbox', () => {
  const production = `${SHIPPED['production.yaml']}---\n${grpcRoute('{ name: edge, namespace: gateway }')}`;
  expect(lint({ ...SHIPPED, 'production.yaml': production })).toEqual([
    expect.stringMatching(/^production\.yaml:\d+: HTTPRoute example-app-edge: hangs on Gateway gateway\/edge, as GRPC/),
  ]);
});

it('a Gateway more on both sides is a way past the router, and one for everything is the router’s if it is said to be', () => {
  const [one, all] = [
    (text: string) => text.replace(PREVIEWS, PREVIEWS.replace('previews', 'edge')),
    (text: string) => text.replace(PREVIEWS, PREVIEWS.replace('previews', 'edge') + PREVIEWS),
  ];
  const files = (edit: (text: string) => string) => ({
    'sandbox.yaml': edit(SHIPPED['sandbox.yaml']),
    'preview.yaml': edit(SHIPPED['preview.yaml']),
  });
  const fault = expect.stringMatching(
    /^preview\.yaml:\d+: HTTPRoute example-app-previews-pr-0: hangs on Gateway gateway\/edge, and the router comes by previews \(--gateway NAME\): anybody's header would choose it$/,
  );
  expect(lint(files(all))).toEqual([fault]);
  expect(lint(files(one))).toEqual([fault]);
  expect(said(files(one), '--gateway', 'edge')).toMatchObject({ code: 0, err: [] });
});

it('a Gateway without TLS terminators, other API groups and comments are nobody’s fault', () => {
  const more = `# a comment\n---\napiVersion: networking.istio.io/v1\nkind: HTTPRoute\nmetadata: { name: foreign }\n---\n`;
  expect(lint({ 'sandbox.yaml': more + SHIPPED['sandbox.yaml'] })).toEqual([]);
});

/** An edit of a built file, as a mistake in the components would leave it; all that is said of it. */
type Case = readonly [what: string, file: File, old: string | RegExp, text: string, faults: readonly RegExp[]];

describe('a mistake is found', () => {
  it.each<Case>([
    [
      'a path that only the stable route knows',
      'sandbox.yaml',
      /(name: example-app-previews[^]*?)(    matches:\n)/,
      '$1$2    - path:\n        type: PathPrefix\n        value: /api\n',
      [
        /^preview\.yaml:\d+: HTTPRoute example-app-previews-pr-0: has no match for \/api, which is stable \(sandbox\.yaml:\d+\)$/,
      ],
    ],
    [
      'a method that only the stable route knows',
      'sandbox.yaml',
      /(name: example-app-mesh[^]*?)(    matches:\n)/,
      '$1$2    - method: POST\n',
      [/^preview\.yaml:\d+: HTTPRoute example-app-mesh-pr-0: has no match for POST \/, which is stable/],
    ],
    [
      'a path that only the preview knows',
      'preview.yaml',
      ASKED,
      ASKED.replaceAll('$', '$$$$') + ASKED.replaceAll('$', '$$$$').replace('value: /\n', 'value: /new\n'),
      [/HTTPRoute example-app-previews-pr-0: takes \/new, which its stable route \(sandbox\.yaml:\d+\) does not$/],
    ],
    [
      'a match without the header',
      'preview.yaml',
      ASKED,
      `${ASKED.replaceAll('$', '$$$$')}    - path:\n        value: /api\n`,
      [/previews-pr-0: takes \/api without asking for a preview: the header baggage is missing$/],
    ],
    [
      'a second header',
      'preview.yaml',
      /(value: \^.*\n)/,
      '$1      - name: x-canary\n        value: "1"\n',
      [
        /previews-pr-0: has no match for \/, which is stable/,
        /previews-pr-0: takes \/ x-canary: 1, which its stable route/,
      ],
    ],
    [
      'no header at all: a second route for everything',
      'preview.yaml',
      /    - headers:\n.*\n.*\n.*\n      path:/g,
      '    - path:',
      [
        /HTTPRoute example-app-previews-pr-0: Service example-app-pr-0 has no mesh route/,
        /^preview\.yaml:\d+: HTTPRoute example-app-previews-pr-0: takes \/ on Gateway gateway\/previews, as example-app-previews does \(sandbox\.yaml:\d+\): only the older one would get it$/,
        /HTTPRoute example-app-mesh-pr-0: takes \/ on Service example-app, as example-app-mesh does/,
      ],
    ],
    [
      'without names.yaml: the preview’s route leads to the shared Service',
      'preview.yaml',
      /(- name: example-app)-pr-0(\n      namespace)/,
      '$1$2',
      [
        /previews-pr-0: leads to example-app-pr-0\/example-app, which is no Service of this file$/,
        /^preview\.yaml:\d+: HTTPRoute example-app-previews-pr-0: leads to example-app, and not to example-app-pr-0: kustomize needs names\.yaml/,
      ],
    ],
    [
      'parentRefs with the suffix',
      'preview.yaml',
      /(kind: Service\n    name: example-app)(\n    namespace: example-app-sandbox)/,
      '$1-pr-0$2',
      [
        /mesh-pr-0: hangs on Service example-app-sandbox\/example-app-pr-0, and its stable route \(sandbox\.yaml:\d+\) on Service example-app$/,
      ],
    ],
    [
      'a gateway that only the stable route hangs on',
      'preview.yaml',
      /(    kind: Gateway\n    name: )previews/,
      '$1edge',
      [
        /previews-pr-0: hangs on Gateway gateway\/edge, and its stable route \(.*\) on Gateway gateway\/previews$/,
        /previews-pr-0: hangs on Gateway gateway\/edge, and the router comes by previews/,
      ],
    ],
    [
      'a host that only the stable route has',
      'preview.yaml',
      "  - '*.example-preview.dev'\n",
      '',
      [/previews-pr-0: is for all hosts, and its stable route \(.*\) for \*\.example-preview\.dev$/],
    ],
    [
      'a mesh route that stays with the preview',
      'preview.yaml',
      /(name: example-app-mesh-pr-0\n  namespace: example-app)-sandbox/,
      '$1-pr-0',
      [
        /mesh-pr-0: is in namespace example-app-pr-0, and its Service in example-app-sandbox: it would hold for callers in/,
      ],
    ],
    [
      'a mesh route that stays with the preview, and takes its Service for there',
      'preview.yaml',
      /(name: example-app-mesh-pr-0\n  namespace: example-app)-sandbox([^]*?name: example-app\n)    namespace: example-app-sandbox\n/,
      '$1-pr-0$2',
      [/mesh-pr-0: hangs on Service example-app-pr-0\/example-app, and there is none$/],
    ],
    [
      'no ReferenceGrant',
      'preview.yaml',
      /---\napiVersion: gateway.networking.k8s.io\/v1beta1[^]*$/,
      '',
      [
        /mesh-pr-0: leads from namespace example-app-sandbox to example-app-pr-0, and no ReferenceGrant there allows it$/,
      ],
    ],
    [
      'a ReferenceGrant for another namespace',
      'preview.yaml',
      /(kind: HTTPRoute\n    namespace: example-app)-sandbox/,
      '$1-production',
      [/mesh-pr-0: leads from namespace example-app-sandbox to example-app-pr-0, and no ReferenceGrant/],
    ],
    [
      "a ReferenceGrant for another API's routes",
      'preview.yaml',
      /group: gateway\.networking\.k8s\.io(\n    kind: HTTPRoute\n)/,
      'group: ""$1',
      [
        /mesh-pr-0: leads from namespace example-app-sandbox to example-app-pr-0, and no ReferenceGrant there allows it$/,
      ],
    ],
    [
      "a ReferenceGrant for another API's Services",
      'preview.yaml',
      /group: ""(\n    kind: Service\n)$/,
      'group: apps$1',
      [
        /mesh-pr-0: leads from namespace example-app-sandbox to example-app-pr-0, and no ReferenceGrant there allows it$/,
      ],
    ],
    [
      'routes that come with the rest',
      'preview.yaml',
      /    argocd.argoproj.io\/sync-wave: "1"\n/,
      '',
      [/previews-pr-0: comes in sync wave 0, and what it leads to in 0: routes come last and go first$/],
    ],
    [
      'a Deployment that comes with the routes',
      'sandbox.yaml',
      /(kind: Deployment\nmetadata:\n)/,
      '$1  annotations:\n    argocd.argoproj.io/sync-wave: "1"\n',
      ['edge', 'mesh', 'previews'].map(
        (side) => new RegExp(`example-app-${side}: comes in sync wave 1, and what it leads to in 1`),
      ),
    ],
    [
      'a wave that is no number',
      'sandbox.yaml',
      'sync-wave: "1"',
      'sync-wave: last',
      [/example-app-edge: has a sync wave that is no number$/],
    ],
    [
      'no stable mesh route',
      'sandbox.yaml',
      /---\n[^]{0,200}name: example-app-mesh[^]*?(?=---\n)/,
      '',
      [
        /^sandbox\.yaml:\d+: HTTPRoute example-app-edge: Service example-app has no mesh route: nothing hangs on the Service, so what other services ask/,
        /HTTPRoute example-app-previews: Service example-app has no mesh route/,
        /mesh-pr-0: is a preview with no stable route to compare it with/,
      ],
    ],
    [
      'a stable mesh route that does not take everything',
      'sandbox.yaml',
      /(name: example-app-mesh[^]*?)value: \/\n/,
      '$1value: /api\n',
      [
        /^sandbox\.yaml:\d+: HTTPRoute example-app-mesh: no stable route on Service example-app takes everything: what fits no match there is a 404$/,
        /mesh-pr-0: has no match for \/api, which is stable/,
        /mesh-pr-0: takes \/, which its stable route .* does not$/,
      ],
    ],
    [
      'a stable edge route that takes one method alone',
      'sandbox.yaml',
      /(name: example-app-previews[^]*?)value: \/\n/,
      '$1value: /\n      method: GET\n',
      [
        /example-app-previews: no stable route on Gateway gateway\/previews takes everything/,
        /previews-pr-0: has no match for GET \/, which is stable/,
        /previews-pr-0: takes \/, which its stable route .* does not$/,
      ],
    ],
    [
      'no edge route of the preview',
      'preview.yaml',
      /---\n[^]{0,230}name: example-app-previews-pr-0[^]*?(?=---\n)/,
      '',
      [/mesh-pr-0: the preview has no edge route for Service example-app: from outside it is never reached$/],
    ],
    [
      'no mesh route of the preview',
      'preview.yaml',
      /---\n[^]{0,230}name: example-app-mesh-pr-0[^]*?(?=---\n)/,
      '',
      [
        /previews-pr-0: the preview has no mesh route for Service example-app: behind another service it is never reached$/,
      ],
    ],
    [
      'baggage that comes in where no preview hangs',
      'sandbox.yaml',
      'remove:\n        - baggage',
      'remove:\n        - x-other',
      [
        /^sandbox\.yaml:\d+: HTTPRoute example-app-edge: no preview hangs on Gateway gateway\/edge, but its header baggage goes on to them: a RequestHeaderModifier has to remove it$/,
      ],
    ],
    [
      'two sides that ask for two previews',
      'preview.yaml',
      /(name: example-app-mesh-pr-0[^]*?value: [^\n]*)no-branch/,
      '$1another',
      [
        /mesh-pr-0: asks for preview=another or preview=pr-0-example-app, and example-app-previews-pr-0 for preview=no-branch or/,
      ],
    ],
    [
      'a port that the Service does not have',
      'preview.yaml',
      /(name: example-app-mesh-pr-0[^]*?port: )80/,
      '$18080',
      [/mesh-pr-0: leads to port 8080 of example-app-pr-0, which has 80: a 500$/],
    ],
    [
      'no weight on the only backend',
      'preview.yaml',
      /(name: example-app-mesh-pr-0[^]*?port: 80)/,
      '$1\n      weight: 0',
      [/mesh-pr-0: has weight 0 on all that it leads to: a 500$/],
    ],
    [
      'what is no Service',
      'preview.yaml',
      /(name: example-app-mesh-pr-0[^]*?backendRefs:\n    - )/,
      '$1kind: ServiceImport\n      group: multicluster.x-k8s.io\n      ',
      [/mesh-pr-0: leads to ServiceImport example-app-pr-0: lint-routes knows Services alone$/],
    ],
    [
      'a redirect that only the preview has',
      'preview.yaml',
      /(name: example-app-mesh-pr-0[^]*?port: 80\n)/,
      '$1    filters:\n    - type: RequestRedirect\n',
      [
        /mesh-pr-0: filters otherwise than its stable route \(sandbox\.yaml:\d+\): RequestRedirect, and there no filter$/,
      ],
    ],
    [
      'baggage that is taken off on the way to what has no preview',
      'sandbox.yaml',
      /(name: example-app-mesh[^]*?port: 80\n)/,
      '$1    filters:\n    - type: RequestHeaderModifier\n      requestHeaderModifier: { remove: [Baggage] }\n',
      [
        /^sandbox\.yaml:\d+: HTTPRoute example-app-mesh: changes the header baggage: what is asked further on is no preview any more$/,
        /mesh-pr-0: filters otherwise than its stable route \(.*\): no filter, and there RequestHeaderModifier$/,
      ],
    ],
    [
      'a GRPCRoute on the same Service',
      'sandbox.yaml',
      /^/,
      'apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: { name: calls }\nspec: { parentRefs: [{ group: "", kind: Service, name: example-app }] }\n---\n',
      [
        /^sandbox\.yaml:\d+: HTTPRoute example-app-mesh: hangs on Service example-app, as GRPCRoute calls does \(sandbox\.yaml:3\), which alone is asked$/,
        /^preview\.yaml:\d+: HTTPRoute example-app-mesh-pr-0: hangs on Service example-app-sandbox\/example-app, as GRPCRoute calls does/,
      ],
    ],
    [
      'no port',
      'sandbox.yaml',
      /(- name: example-app\n)      port: 80\n/,
      '$1',
      [/example-app-edge: leads to example-app, and says no port of it$/],
    ],
    [
      'a rule that leads nowhere',
      'sandbox.yaml',
      /(name: example-app-mesh[^]*?  rules:\n)/,
      '$1  - matches: [{ path: { value: /old } }]\n',
      [/example-app-mesh: has a rule that leads nowhere: a 500$/, /mesh-pr-0: has no match for \/old, which is stable/],
    ],
    [
      'a filter that says something else',
      'preview.yaml',
      /(name: example-app-mesh-pr-0[^]*?)    matches:\n/,
      `$1    filters: [${REWRITE}]\n    matches:\n`,
      [/mesh-pr-0: filters otherwise than its stable route .*: URLRewrite, and there no filter$/],
    ],
    [
      'baggage twice in one match',
      'preview.yaml',
      /(    - headers:\n)/,
      '$1      - { name: Baggage, value: x }\n',
      [
        /^preview\.yaml:\d+: HTTPRoute example-app-previews-pr-0: asks for baggage twice in one match: the second is ignored$/,
      ],
    ],
    [
      'a GRPCRoute on a port of the Service',
      'sandbox.yaml',
      /$/,
      `---\n${grpcRoute('{ group: "", kind: Service, name: example-app, port: 80 }')}`,
      [
        /^sandbox\.yaml:\d+: HTTPRoute example-app-mesh: hangs on Service example-app, as GRPCRoute calls does \(.*\), which alone is asked$/,
        /mesh-pr-0: hangs on Service example-app-sandbox\/example-app, as GRPCRoute calls does/,
      ],
    ],
    [
      'a GRPCRoute on a section of the Gateway, for all hosts',
      'sandbox.yaml',
      /$/,
      `---\n${grpcRoute('{ name: edge, namespace: gateway, sectionName: applications }')}`,
      [
        /example-app-edge: hangs on Gateway gateway\/edge, as GRPCRoute calls does \(.*\), and the older one alone is asked$/,
      ],
    ],
    [
      'a preview on one listener alone',
      'preview.yaml',
      '    name: previews\n',
      '    name: previews\n    sectionName: http\n',
      [
        /previews-pr-0: hangs on Gateway gateway\/previews, http, and its stable route \(.*\) on Gateway gateway\/previews$/,
      ],
    ],
    [
      'a preview on one port of the Service alone',
      'preview.yaml',
      /(kind: Service\n    name: example-app\n)/,
      '$1    port: 80\n',
      [
        /mesh-pr-0: hangs on Service example-app-sandbox\/example-app, 80, and its stable route \(.*\) on Service example-app$/,
      ],
    ],
    [
      'a stable route for all hosts beside another one',
      'sandbox.yaml',
      /$/,
      `---\n${ALL_HOSTS}`,
      [
        /example-app-all: takes \/ on Gateway gateway\/edge, as example-app-edge does \(sandbox\.yaml:\d+\): only the older/,
      ],
    ],
    [
      'more rules than fit into one object',
      'sandbox.yaml',
      /(name: example-app-mesh[^]*?  rules:\n)(  - backendRefs:[^]*?)(?=---)/,
      `$1${'$2'.repeat(17)}`,
      [/example-app-mesh: has 17 rules; 16 are the most$/],
    ],
  ])('%s', (_, file, old, text, faults) => {
    const files = { 'sandbox.yaml': SHIPPED['sandbox.yaml'], 'preview.yaml': SHIPPED['preview.yaml'] };
    const before = SHIPPED[file];
    const after = before.replace(old, text);
    expect(after).not.toBe(before);

    const found = lint({ ...files, [file]: after });

    expect(found).toEqual(faults.map((fault) => expect.stringMatching(fault)));
  });

  it('more matches than fit into one object', () => {
    const [head = '', rest = ''] = SHIPPED['sandbox.yaml'].split(/(?<=name: example-app-previews[^]*    matches:\n)/);
    const paths = (count: number) =>
      Array.from({ length: count }, (_, at) => `    - path:\n        value: /${count}/${at}\n`).join('');
    const rule = `  - backendRefs: [{ name: example-app, port: 80 }]\n    matches:\n${paths(64)}`;
    const found = lint({ 'sandbox.yaml': `${head}${paths(65)}${rest}${rule}` });
    expect(found).toEqual([
      expect.stringMatching(/example-app-previews: has 130 matches; 128 are the most$/),
      expect.stringMatching(/example-app-previews: has more than 64 matches in one rule$/),
    ]);
  });

  it('production lacks a route that sandbox has', () => {
    const without = SHIPPED['production.yaml'].replace(/---\n[^]{0,200}name: example-app-mesh[^]*?(?=---\n|$)/, '');
    expect(lint({ ...SHIPPED, 'production.yaml': without })).toEqual([
      expect.stringMatching(/^production\.yaml:\d+: HTTPRoute example-app-edge: Service example-app has no mesh route/),
    ]);
  });

  it('a line is the line of what is wrong', () => {
    const lines = SHIPPED['preview.yaml'].split('\n');
    const wrong = SHIPPED['preview.yaml'].replaceAll(EXPRESSION, '.*preview=no-branch.*');
    const found = lint({ ...SHIPPED, 'preview.yaml': wrong }).map((fault) => Number(fault.split(':')[1]));
    expect(found.map((line) => lines[line - 1]?.trim())).toEqual([`value: ${EXPRESSION}`, `value: ${EXPRESSION}`]);
  });
});

describe('the header', () => {
  const as = (type: string, value: string, ...options: readonly string[]) =>
    said(
      {
        ...SHIPPED,
        'preview.yaml': SHIPPED['preview.yaml']
          .replaceAll('type: RegularExpression', `type: ${type}`)
          .replaceAll(EXPRESSION, () => `'${value}'`),
      },
      ...options,
    );

  it.each([
    ['RegularExpression', EXPRESSION],
    ['RegularExpression', String.raw`^(?:.*,)?\s*preview\s*=\s*(?:no-branch|pr-0-example-app)\s*(?:;[^,]*)?(?:,.*)?$`],
    ['RegularExpression', String.raw`^(.*,)?\s*preview\s*=\s*pr-0-example-app\s*(;[^,]*)?(,.*)?$`],
    ['RegularExpression', EXPRESSION.replaceAll(String.raw`\s*`, String.raw`[ \t]*`)],
    ['Exact', 'preview=pr-0-example-app'],
  ])('of type %s may be %s', (type, value) => {
    expect(as(type, value)).toMatchObject({ code: 0, err: [] });
  });

  it.each([
    ['RegularExpression', EXPRESSION],
    ['Exact', 'preview=pr-0-example-app'],
  ])('of type %s names the member that the router says', (type, value) => {
    const other = value.replace('preview', 'feature');
    const reason = /previews-pr-0: asks for feature=, and the router says preview= \(--member KEY\)$/;
    expect(as(type, other).err[0]).toMatch(reason);
    expect(as(type, other, '--member', 'feature')).toMatchObject({ code: 0, err: [] });
    expect(as(type, value, '--member=feature').err[0]).toMatch(/asks for preview=, and the router says feature=/);
  });

  it.each([
    [
      'a transposed member',
      EXPRESSION.replace('preview', 'preveiw'),
      /asks for preveiw=, and the router says preview=/,
    ],
    [
      'a member in capitals',
      EXPRESSION.replace('preview', 'Preview'),
      /asks for Preview=, and the router says preview=/,
    ],
    [
      'a dot in the member',
      EXPRESSION.replace('preview', 'pre.iew'),
      /asks for pre\.iew=, and the router says preview=/,
    ],
    [
      "another member's value",
      EXPRESSION.replace('(?:.*,)?', '(?:.*[,=])?'),
      /takes "a=preview=no-branch" too, which does not ask for no-branch/,
    ],
    [
      'a longer name',
      EXPRESSION.replace(String.raw`app\s*)`, String.raw`app\s*)(?:-\d+)?`),
      /takes "preview=no-branch-2" too, which does not ask for no-branch/,
    ],
    [
      'no name at all',
      EXPRESSION.replace(String.raw`app\s*)`, String.raw`app\s*)?`),
      /takes "preview=" too, which does not ask for no-branch/,
    ],
    ['any name', `${EXPRESSION}|^preview=[a-z]{5}$`, /takes "preview=other" too, which does not ask for no-branch/],
    [
      'a lazy repeat',
      EXPRESSION.replace('.*,', '.*?,'),
      /is no expression that every mesh knows, for its \*\?: no look-/,
    ],
    ['a word boundary', EXPRESSION.replace('preview', String.raw`\bpreview`), /knows, for its \\b: no look-around/],
    ['a look behind', EXPRESSION.replace('preview', '(?<!my)preview'), /knows, for its \(\?<!: no look-around/],
    [
      "the seed's",
      '.*preview=no-branch.*',
      /takes "preview=no-branchbar" too, which does not ask for no-branch; the expression is \^/,
    ],
    [
      'one without a beginning',
      String.raw`preview=(?:foo|pr-1-app)\s*(?:;[^,]*)?(?:,.*)?$`,
      /takes "mypreview=foo" too/,
    ],
    [
      'one that takes a property',
      String.raw`^(?:.*[,;])?\s*preview\s*=(?:\s*foo\s*|\s*pr-1-app\s*)(?:;[^,]*)?(?:,.*)?$`,
      /takes "a=1;preview=foo" too/,
    ],
    ['one for the only member', '^preview=(?:foo|pr-1-app)$', /does not take "a=1,preview=foo"/],
    [
      'one without properties',
      String.raw`^(?:.*,)?\s*preview\s*=(?:\s*foo\s*|\s*pr-1-app\s*)(?:,.*)?$`,
      /does not take "preview=foo;ttl=1,b=2"/,
    ],
    [
      'one without spaces',
      '^(?:.*,)?preview=(?:foo|pr-1-app)(?:;[^,]*)?(?:,.*)?$',
      /does not take "a=1;p , preview = foo ; p=2 , b=2"/,
    ],
    [
      'one for the slug alone',
      String.raw`^(?:.*,)?\s*preview\s*=\s*foo\s*(?:;[^,]*)?(?:,.*)?$`,
      /takes \/ for preview=foo alone, and not for the name pr-<number>-<repository> of the preview$/,
    ],
    [
      'a template that was not filled in',
      EXPRESSION.replace('no-branch', 'SLUG').replace('pr-0-example-app', 'NAME'),
      /SLUG can be no preview's name/,
    ],
    ['look-around', '(?=.*preview=foo)', /no expression that every mesh knows/],
    ['one that names nobody', '^.+$', /names no preview/],
    [
      'a bracket too few',
      '^(preview=foo',
      /spec\.rules\[0\]\.matches\[0\]\.headers\[0\]\.value: is no regular expression/,
    ],
  ])('is refused: %s', (_, value, reason) => {
    const { code, err } = as('RegularExpression', value);
    expect(code).toBe(1);
    expect(err).toHaveLength(2);
    expect(err[0]).toMatch(reason);
    expect(err[0]).toMatch(/^preview\.yaml:\d+: /);
  });

  it.each([
    ['preview', /preview is no whole baggage header/],
    ['preview=foo,a=1', /preview=foo,a=1 is no whole baggage header/],
    ['preview=Foo', /Foo can be no preview's name/],
    ['preview=foo', /takes \/ for preview=foo alone, and not for the name pr-<number>-<repository> of the preview$/],
  ])('is refused: exactly %s', (value, reason) => {
    expect(as('Exact', value).err[0]).toMatch(reason);
  });

  it.each([
    [
      'the slug',
      'no-branch',
      [
        /mesh-pr-0: asks for preview=no-branch or preview=pr-0-example-app, and example-app-previews-pr-0 for preview=pr-0-/,
      ],
    ],
    [
      'the name by its number',
      'pr-0-example-app',
      [
        /previews-pr-0: takes \/ for preview=no-branch alone, and not for the name pr-/,
        /mesh-pr-0: asks for preview=no-/,
      ],
    ],
  ])('exactly, and at the edge no match is left for %s', (_, name, faults) => {
    const match = `    - headers:\n      - name: baggage\n        type: Exact\n        value: preview=${name}\n      path:\n        type: PathPrefix\n        value: /\n`;
    expect(EXACTLY['preview.yaml'].split(match)).toHaveLength(3);
    const found = lint({ ...EXACTLY, 'preview.yaml': EXACTLY['preview.yaml'].replace(match, '') });
    expect(found).toEqual(faults.map((fault) => expect.stringMatching(fault)));
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['exactly', EXACTLY, 'type: Exact, value: preview=pr-0-example-app'],
    ['by an expression', SHIPPED, `type: RegularExpression, value: '${EXPRESSION}'`],
  ])("asks %s for each of a preview's names wherever it asks", (_, files, asked) => {
    const before = (text = '', match: string) =>
      text.replace(/(?<=name: example-app-previews[^]*?    matches:\n)/, () => match);
    const preview = `    - headers:\n      - { name: baggage, ${asked.replaceAll('no-branch', 'pr-0-example-app')} }\n      path: { value: /api }\n`;
    const found = lint({
      'sandbox.yaml': before(files['sandbox.yaml'], '    - path: { value: /api }\n'),
      'preview.yaml': before(files['preview.yaml'], preview),
    });
    expect(found).toEqual([
      expect.stringMatching(
        /previews-pr-0: takes \/api for preview=pr-0-example-app alone, and not for preview=no-branch$/,
      ),
    ]);
  });

  it('asks in one way alone', () => {
    const both = ASKED + ASKED.replace('RegularExpression', 'Exact').replace(EXPRESSION, () => 'preview=no-branch');
    const preview = SHIPPED['preview.yaml'].replaceAll(ASKED, () => both);
    expect(lint({ ...SHIPPED, 'preview.yaml': preview })[0]).toMatch(
      /previews-pr-0: asks both exactly and by an expression/,
    );
  });

  it('names one preview alone', () => {
    const second = SHIPPED['preview.yaml'].replaceAll('pr-0', 'pr-1');
    const found = lint({ ...SHIPPED, 'second.yaml': second });
    expect(found).toEqual([
      expect.stringMatching(
        /^second\.yaml:\d+: HTTPRoute example-app-previews-pr-1: asks for preview=no-branch, as example-app-previews-pr-0 does/,
      ),
      expect.stringMatching(
        /^second\.yaml:\d+: HTTPRoute example-app-mesh-pr-1: asks for preview=no-branch, as example-app-mesh-pr-0 does/,
      ),
    ]);
  });
});

describe('what cannot be linted is one line', () => {
  const place = mkdtempSync(join(tmpdir(), 'hawser-lint-'));
  afterAll(() => rmSync(place, { recursive: true }));
  writeFileSync(join(place, 'sandbox.yaml'), SHIPPED['sandbox.yaml']);
  writeFileSync(join(place, 'preview.yaml'), SHIPPED['preview.yaml']);
  writeFileSync(join(place, 'service.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: { name: shop }\nspec: {}\n');
  writeFileSync(join(place, 'broken.yaml'), 'kind: HTTPRoute\nmetadata: {\n');
  writeFileSync(join(place, 'nameless.yaml'), 'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nspec: {}\n');

  it.each([
    [[], 1, '', /^lint-routes FILE…: no file is named; .*\n$/],
    [['nothing.yaml'], 1, '', /^nothing\.yaml: there is no such file, or it cannot be read\n$/],
    [['.'], 1, '', /^\.: there is no such file, or it cannot be read\n$/],
    [['broken.yaml'], 1, '', /^broken\.yaml:3: .*\n$/],
    [['nameless.yaml'], 1, '', /^nameless\.yaml:1: metadata: is required\n$/],
    [['service.yaml'], 1, '', /^service\.yaml: no HTTPRoute is in there\n$/],
    [
      ['--fix', 'sandbox.yaml'],
      1,
      '',
      /^--fix: no such option; lint-routes takes files, --member KEY and --gateway NAME\n$/,
    ],
    [['sandbox.yaml', '--member'], 1, '', /^--member true: is no key that a member may have\n$/],
    [['sandbox.yaml', '--gateway'], 1, '', /^--gateway NAME: the name is missing\n$/],
    [['--member=a.b', 'sandbox.yaml'], 1, '', /^--member a\.b: is no key that a member may have\n$/],
    [
      ['sandbox.yaml', 'preview.yaml', 'service.yaml'],
      0,
      /^sandbox\.yaml: ok, .*\npreview\.yaml: ok, .*\nservice\.yaml: no routes\n$/,
      '',
    ],
  ])('hawser lint-routes %j', (args, code, out, err) => {
    const said = hawserIn(place, 'lint-routes', ...args);
    expect(said.code).toBe(code);
    expect(said.out).toMatch(out === '' ? /^$/ : out);
    expect(said.err).toMatch(err === '' ? /^$/ : err);
  });
});

function said(files: Readonly<Record<string, string>>, ...options: readonly string[]) {
  return lintRoutes([...options, ...Object.keys(files)], (path) => files[path]);
}

function lint(files: Readonly<Record<string, string>>): readonly string[] {
  return said(files).err;
}
