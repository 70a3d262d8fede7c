/** One call over the wire: what is sent, where it may go, and what comes back of a broken one. */
import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { githubClient } from '../../src/github/client.ts';
import { API, linesOf, unchecked } from './recorded.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  closers.push(() => server.close().closeAllConnections());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

it('names itself, the version it speaks and its token', async () => {
  const { fetch, asked } = unchecked({ status: 200, body: {} });

  await githubClient({ url: `${API}/`, token: 'ghs_1', fetch })('GET /repos/{owner}/{repo}', { owner: 'a', repo: 'b' });

  expect(linesOf(asked)).toEqual(['GET /repos/a/b']);
  const headers = asked[0]?.headers;
  expect(headers?.get('user-agent')).toMatch(/^hawser /);
  expect(headers?.get('x-github-api-version')).toBe('2022-11-28');
  expect(headers?.get('authorization')).toBe('token ghs_1');
});

it('does not repeat a failed call', async () => {
  const { fetch, asked } = unchecked({ status: 502, body: '<html>' });

  const answer = await githubClient({ url: API, token: 'ghs_1', fetch })('POST /x', {});

  expect(answer).toMatchObject({ kind: 'answered', status: 502, body: '<html>' });
  expect(asked).toHaveLength(1);
});

describe('a redirect', () => {
  it.each([301, 302, 307, 308])('%i is repeated on the same host, with method, body and token', async (status) => {
    const moved = { status, headers: { location: `${API}/repositories/7/deployments` } };
    const { fetch, asked } = unchecked(moved, { status: 201, body: { id: 1 } });

    const answer = await githubClient({ url: API, token: 'ghs_1', fetch })('POST /repos/a/b/deployments', { ref: 'x' });

    expect(answer).toMatchObject({ status: 201, body: { id: 1 } });
    expect(linesOf(asked)).toEqual(['POST /repos/a/b/deployments', 'POST /repositories/7/deployments']);
    expect(asked[1]?.body).toEqual({ ref: 'x' });
    expect(asked[1]?.headers.get('authorization')).toBe('token ghs_1');
  });

  it.each(['https://evil.test/x', 'http://api.github.test/x', '', 'javascript:alert(1)', 'https://[oops'])(
    'to %j is not followed',
    async (location) => {
      const { fetch, asked } = unchecked({ status: 307, headers: { location } });

      const answer = await githubClient({ url: API, token: 'ghs_1', fetch })('GET /x', {});

      expect(answer).toMatchObject({ kind: 'answered', status: 307 });
      expect(asked).toHaveLength(1);
    },
  );

  it('that leads in a circle ends', async () => {
    const moved = { status: 302, headers: { location: `${API}/x` } };
    const { fetch, asked } = unchecked(moved, moved, moved, moved, moved);

    const answer = await githubClient({ url: API, token: 'ghs_1', fetch })('GET /x', {});

    expect(answer).toMatchObject({ status: 302 });
    expect(asked).toHaveLength(4);
  });
});

describe('a broken wire', () => {
  const calling = (url: string) => githubClient({ url, token: 'ghs_1', fetch, timeout: 150 })('GET /x', {});

  it('is a value when nothing listens', async () => {
    expect(await calling('http://127.0.0.1:1')).toMatchObject({ kind: 'broken' });
  });

  it('is a value when the connection is reset', async () => {
    const url = await serve((request) => request.socket.destroy());

    expect(await calling(url)).toMatchObject({ kind: 'broken' });
  });

  it('is a value when no answer comes in time', async () => {
    const url = await serve(() => {});

    expect(await calling(url)).toMatchObject({ kind: 'broken' });
  });

  it('is an unreadable body when an answer stops half way', async () => {
    const url = await serve((_, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"id":');
      setTimeout(() => response.destroy(), 20);
    });

    expect(await calling(url)).toMatchObject({ kind: 'answered', status: 201, body: '' });
  });
});
