/** The observer bites: what is not as GitHub describes it is told, with its place; and what only looks wrong is let be. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../../local/github/exchange.ts';
import type { GitHub } from '../../local/github/handles.ts';
import { requireNoComplaints } from './complaints.ts';
import { observer, startObservedGitHub } from './observer.ts';

const DEPLOYMENTS = '/repos/acme/shop/deployments';
const STATUSES = `${DEPLOYMENTS}/17/statuses`;
const TOKENS = '/app/installations/1/access_tokens';
const NOT_FOUND = { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' };

type Told = Partial<Exchange> & { readonly path: string };

describe('a request', () => {
  it.each<[string, Told, string[]]>([
    ['to a path that is not there', { path: '/repos/acme/shop/deployment' }, ['path, /: GitHub has no such operation']],
    [
      'with a method that is not there',
      { method: 'PUT', path: DEPLOYMENTS, body: {} },
      ['path, /: GitHub has no such operation'],
    ],
    [
      'with a number that is none in its path',
      { path: `${DEPLOYMENTS}/last` },
      ['path, /deployment_id: must be integer'],
    ],
    [
      'with a parameter that is not there',
      { path: DEPLOYMENTS, query: { enviroment: 'production' } },
      ['query, /: must NOT have additional properties: "enviroment"'],
    ],
    [
      'with a parameter of the wrong kind',
      { path: DEPLOYMENTS, query: { per_page: 'all' } },
      ['query, /per_page: must be integer'],
    ],
    ['without a body', { method: 'POST', path: STATUSES }, ['body, /: a body is required']],
    [
      'without a field that is required',
      { method: 'POST', path: STATUSES, body: { description: 'x' } },
      ["body, /: must have required property 'state'"],
    ],
    [
      'with a word that is none of its words',
      { method: 'POST', path: STATUSES, body: { state: 'done' } },
      [expect.stringMatching(/^body, \/state: must be equal to one of the allowed values: \["error",/)],
    ],
    [
      'with a field that is not there',
      { method: 'POST', path: STATUSES, body: { state: 'success', autoInactive: false } },
      ['body, /: must NOT have additional properties: "autoInactive"'],
    ],
    [
      'with a field that is not there, further in',
      { method: 'POST', path: TOKENS, body: { permissions: { deploymets: 'write' } } },
      ['body, /permissions: must NOT have additional properties: "deploymets"'],
    ],
    [
      'with a body where none is taken',
      { method: 'DELETE', path: `${DEPLOYMENTS}/17`, body: {} },
      ['body, /: it takes no body'],
    ],
    [
      'with two things wrong',
      { method: 'POST', path: `${DEPLOYMENTS}/x/statuses`, body: { state: 1 } },
      [
        'path, /deployment_id: must be integer',
        'body, /state: must be string',
        expect.stringMatching(/^body, \/state: must be equal to one of/),
      ],
    ],
  ])('%s is told', (_, told, complaints) => {
    expect(complaintsOf('hawser', told)).toEqual(complaints);
  });

  it.each<[string, Told]>([
    ['a list', { path: DEPLOYMENTS, query: { per_page: '100', page: '2', environment: 'production' } }],
    ['a ref with slashes', { path: '/repos/acme/shop/git/ref/tags%2Fv1%2F2' }],
    ['a literal path beside a variable one', { path: '/repos/acme/shop/installation' }],
    ['a deployment', { method: 'POST', path: DEPLOYMENTS, body: { ref: 'main', payload: { any: ['thing'] } } }],
    ['null where it may stand', { method: 'POST', path: DEPLOYMENTS, body: { ref: 'main', description: null } }],
    ['no body where none is required', { method: 'POST', path: TOKENS }],
  ])('that is right is let be: %s', (_, told) => {
    expect(complaintsOf('hawser', told)).toEqual([]);
  });

  it('of one who tries GitHub out may be wrong, as long as GitHub refuses it', () => {
    const told = { method: 'POST', path: STATUSES, body: {} };
    const refused = { status: 422, body: { message: 'Validation Failed', documentation_url: 'https://docs.test' } };

    expect(complaintsOf('client', { ...told, answer: refused })).toEqual([]);
    expect(complaintsOf('client', { ...told, answer: { status: 201, body: {} } })).toContain(
      "body, /: must have required property 'state'",
    );
    expect(complaintsOf('hawser', { ...told, answer: refused })).toEqual([
      "body, /: must have required property 'state'",
    ]);
  });
});

describe('an answer', () => {
  const read = { path: `${DEPLOYMENTS}/17` };

  it.each<[string, Told, string]>([
    [
      'of a status that is not documented',
      { ...read, answer: { status: 418, body: NOT_FOUND } },
      'answer, /: GitHub documents no 418 for it',
    ],
    [
      'that fails on our side',
      { ...read, answer: { status: 500, body: NOT_FOUND } },
      'answer, /: GitHub documents no 500 for it',
    ],
    [
      'that lacks a field',
      { ...read, answer: { status: 200, body: { id: 17 } } },
      "answer 200, /: must have required property 'sha'",
    ],
    [
      'with a field of the wrong kind',
      { ...read, answer: { status: 200, body: { id: '17' } } },
      'answer 200, /id: must be integer',
    ],
    [
      'with null where it may not stand',
      { ...read, answer: { status: 200, body: { environment: null } } },
      'answer 200, /environment: must be string',
    ],
    [
      'wrong in its second item',
      { path: DEPLOYMENTS, answer: { status: 200, body: [{}, { ref: 1 }] } },
      'answer 200, /1/ref: must be string',
    ],
    [
      'without the body that it has',
      { ...read, answer: { status: 200, body: undefined } },
      'answer 200, /: GitHub answers with a body',
    ],
    [
      'with a body where it has none',
      { method: 'DELETE', ...read, answer: { status: 204, body: {} } },
      'answer 204, /: GitHub answers without a body',
    ],
    [
      'that refuses with a message that is none',
      { ...read, answer: { status: 404, body: { message: 4 } } },
      'answer 404, /message: must be string',
    ],
    [
      'that refuses without a word, where a refusal is not described',
      { method: 'DELETE', path: '/repos/acme/shop/git/refs/heads%2Fx', answer: { status: 422, body: undefined } },
      'answer 422, /: GitHub answers with a body',
    ],
  ])('%s is told', (_, told, complaint) => {
    expect(complaintsOf('client', told)).toContain(complaint);
  });

  it.each([400, 401, 403, 404])('that any operation may give is let be: %i', (status) => {
    expect(complaintsOf('hawser', { ...read, answer: { status, body: NOT_FOUND } })).toEqual([]);
  });
});

describe('what is exchanged with the emulated GitHub', () => {
  let github: GitHub;

  beforeEach(async () => {
    github = await startObservedGitHub('hawser', { seed: seed() });
  });
  afterEach(() => github.close());

  it('is told once, and fails whoever does not ask', async () => {
    await fetch(`${github.url}/no/such/path`);
    expect(requireNoComplaints).toThrow(
      'not as GitHub describes it:\nGET /no/such/path, path, /: GitHub has no such operation',
    );
    expect(requireNoComplaints).not.toThrow();
  });

  it('is read with its body, and from afar', async () => {
    const body = JSON.stringify({ permissions: { deploymets: 'write' } });
    await fetch(`${github.url}${TOKENS}`, { method: 'POST', body });

    const told = await fetch(`${github.url}/_emulator/complaints`);

    expect(await told.json()).toEqual([
      `POST ${TOKENS}, body, /permissions: must NOT have additional properties: "deploymets"`,
    ]);
  });

  it.each(['server-error', 'drop', 'act-then-drop', 'slow'] as const)(
    'is judged by what was asked where GitHub fails: %s',
    async (kind) => {
      github.fault(kind === 'slow' ? { kind, ms: 1 } : { kind });
      await fetch(`${github.url}/app?wrong=1`).catch(() => undefined);

      // The HTML of a fault is on purpose: of the answer there is nothing to tell.
      expect(github.complaints()).toEqual(['GET /app, query, /: must NOT have additional properties: "wrong"']);
    },
  );
});

function seed() {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    app: { id: 1, privateKey },
    accounts: [{ login: 'acme', type: 'Organization' as const }],
    repositories: [],
    installations: [{ id: 1, account: 'acme' }],
  };
}

/** Without method and path, which stand before each. */
function complaintsOf(sender: 'hawser' | 'client', told: Told): readonly string[] {
  const exchange = { method: 'GET', query: {}, body: undefined, answer: undefined, ...told };
  const watching = observer(sender);
  watching.see(exchange);
  return watching.complaints().map((line) => line.replace(`${exchange.method} ${exchange.path}, `, ''));
}
