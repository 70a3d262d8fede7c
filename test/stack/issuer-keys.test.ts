/** Runs of GitHub Actions that tell of their images all at once, each a request of its own to the Worker: the issuer is asked once. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose/jwt/sign';
import { exportJWK } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '../../local/bundle.ts';
import { startWorker, type Worker } from '../../local/worker.ts';

const RUNS = 20;
const SHA = '3f0384b3b8b53117e03ae5cfb6f74d5bea7b260d';

let directory: string;
let issuer: Server;
let worker: Worker;
let asked = 0;
const pair = generateKeyPair('RS256', { extractable: true });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hawser-issuer-'));
  const keys = [{ ...(await exportJWK((await pair).publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }];
  issuer = createServer((_, response) => {
    asked += 1;
    // So long that all of them are there before it answers.
    setTimeout(() => response.end(JSON.stringify({ keys })), 1_000);
  });
  await once(issuer.listen(0, '127.0.0.1'), 'listening');
  const config = { oidc: { issuer: urlOf(issuer), repositories: ['acme/*'] } };
  worker = await startWorker({
    modules: await bundle(join(directory, 'bundle')),
    port: 0,
    state: join(directory, 'state'),
    // Nobody answers there: what is owed to GitHub is none of this.
    variables: { HAWSER: JSON.stringify(config), GITHUB_API_URL: 'http://127.0.0.1:9', GITHUB_APP_ID: '4711' },
    log: () => undefined,
  });
}, 60_000);

afterAll(async () => {
  await worker.close();
  issuer.close();
  await rm(directory, { recursive: true, force: true });
});

it('all are let in', async () => {
  const answers = await Promise.all(Array.from({ length: RUNS }, (_, index) => publish(`shop-${index}`)));

  expect(answers).toEqual(Array.from({ length: RUNS }, () => 202));
  expect(asked).toBe(1);
});

async function publish(name: string): Promise<number> {
  const repository = `acme/${name}`;
  const token = await new SignJWT({ repository, sha: SHA, ref: 'refs/heads/main', event_name: 'push' })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setIssuer(urlOf(issuer))
    .setAudience('hawser')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign((await pair).privateKey);
  const answer = await fetch(`${worker.url}/images`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ v: 1, image: `ghcr.io/${repository}`, tag: 'v1.2.3' }),
  });
  return answer.status;
}

function urlOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
