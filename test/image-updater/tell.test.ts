/** Image Updater is told of a new image as its own receiver wants it, and what it answers is judged. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Candidate } from '../../schemas/candidate.ts';
import { Config } from '../../schemas/config.ts';
import { nothingKnown } from '../../schemas/known.ts';
import { tellUpdater, type Updaters } from '../../src/image-updater/tell.ts';
import { tellUpdaters } from '../../src/promotions/tell-updaters.ts';
import { Repository } from '../../src/words/repository.ts';

const SECRET = 'updater-secret-0123456789abcdef';
const EFFECT = {
  kind: 'tell-updater',
  updater: 'main',
  id: 'id-1',
  image: 'ghcr.io/acme/shop/api',
  tag: 'v1.2.3',
} as const;

let url = '';
let received: { readonly headers: IncomingMessage['headers']; readonly body: unknown }[] = [];
let answer: (response: ServerResponse) => void;

const server = createServer((request, response) => {
  receive(request).then(
    () => answer(response),
    () => response.destroy(),
  );
});

async function receive(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  received.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
}

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/webhook`;
});
afterAll(() => server.close());

beforeEach(() => {
  received = [];
  answer = (response) => response.end('Webhook event processed successfully');
});

it('is told by a CloudEvent, with the secret that both share', async () => {
  const outcome = await tell();

  expect(outcome).toEqual({ kind: 'done', learned: { kind: 'nothing' } });
  expect(received).toEqual([
    {
      headers: expect.objectContaining({
        'content-type': 'application/cloudevents+json',
        'x-registry-type': 'cloudevents',
        'x-webhook-secret': SECRET,
      }),
      body: {
        specversion: '1.0',
        id: 'id-1',
        source: 'hawser',
        type: expect.stringContaining('image'),
        datacontenttype: 'application/json',
        data: { registryUrl: 'ghcr.io', repository: 'acme/shop/api', tag: 'v1.2.3' },
      },
    },
  ]);
});

it.each([
  [400, 'dead', 'image-updater-http-400'],
  [401, 'dead', 'image-updater-http-401'],
  [404, 'dead', 'image-updater-http-404'],
  [413, 'dead', 'image-updater-http-413'],
  [302, 'dead', 'image-updater-http-302'],
  [408, 'later', 'image-updater-http-408'],
  [429, 'later', 'image-updater-http-429'],
  [500, 'later', 'image-updater-http-500'],
  [503, 'later', 'image-updater-http-503'],
])('answers %i, and that is %s', async (status, kind, code) => {
  answer = (response) => response.writeHead(status, { location: `${url}/elsewhere` }).end('why not');

  expect(await tell()).toEqual(expect.objectContaining({ kind, reason: { code, message: expect.any(String) } }));
  expect(received).toHaveLength(1);
});

it('hangs up, and is told later', async () => {
  answer = (response) => response.destroy();

  expect(await tell()).toMatchObject({ kind: 'later', reason: { code: 'image-updater-unreached' } });
});

it('does not answer in time, and is told later', async () => {
  const fetch: Updaters['fetch'] = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  vi.useFakeTimers();
  const told = tell({ fetch });
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();

  expect(await told).toMatchObject({ kind: 'later', reason: { message: 'no answer within 10 s' } });
});

it.each([
  ['not set', {}, 'IMAGE_UPDATER_MAIN_SECRET is not set'],
  ['unexpanded', { IMAGE_UPDATER_MAIN_SECRET: '$secret' }, 'IMAGE_UPDATER_MAIN_SECRET is unexpanded'],
])('is not called where its secret is %s', async (_, env, message) => {
  expect(await tell({ env })).toMatchObject({ kind: 'later', reason: { code: 'image-updater-no-secret', message } });
  expect(received).toEqual([]);
});

it('that is configured no longer is not waited for', async () => {
  expect(await tell({ configured: () => [] })).toMatchObject({ kind: 'done' });
  expect(received).toEqual([]);
});

describe('a new image', () => {
  const known = nothingKnown(
    Config.parse({ imageUpdaters: ['main', 'east'].map((name) => ({ name, url: 'https://iu.example.com/webhook' })) }),
    Repository.parse('acme/shop-deployment'),
  );
  const candidate = { image: 'ghcr.io/acme/shop', tag: 'v1', firstSeen: 0 };

  it.each([
    ['of a registry is owed to every Image Updater', { ...candidate, origin: 'package' }, ['main', 'east']],
    ['without a tag is owed to none', { ...candidate, tag: undefined, origin: 'package' }, []],
    ['of a publisher is owed to none', { ...candidate, origin: 'publisher' }, []],
  ])('%s', (_, said, updaters) => {
    const owed = tellUpdaters({ kind: 'image', id: 'id-1', candidate: Candidate.parse(said) }, known);

    expect(owed).toEqual(
      updaters.map((updater) => ({
        lane: `updater ${updater} ghcr.io/acme/shop`,
        class: 3,
        effect: { kind: 'tell-updater', updater, id: 'id-1', image: 'ghcr.io/acme/shop', tag: 'v1' },
      })),
    );
  });
});

function tell(given: Partial<Updaters> = {}) {
  const updaters: Updaters = {
    configured: () => [{ name: 'main', url }],
    env: { IMAGE_UPDATER_MAIN_SECRET: ` ${SECRET}\n` },
    fetch,
    ...given,
  };
  return tellUpdater(EFFECT, { updaters });
}
