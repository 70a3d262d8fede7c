/** Where people find on GitHub what its REST API tells of. */
import type { Repository } from './repository.ts';

/** Undefined: no server of GitHub's has its API there; the emulated one shows no pages. */
export function pullRequestPage(apiUrl: string, repository: Repository, number: number): string | undefined {
  const origin = webOriginOf(apiUrl);
  return origin === undefined ? undefined : `${origin}/${repository}/pull/${number}`;
}

/** `api.` stands before github.com and the enterprises' `*.ghe.com`; a server of one's own has its API below `/api/v3`. */
function webOriginOf(apiUrl: string): string | undefined {
  const url = URL.parse(apiUrl);
  if (url?.protocol !== 'https:') return undefined;
  if (/^\/api\/v3\/?$/.test(url.pathname)) return url.origin;
  return url.host.startsWith('api.') ? `https://${url.host.slice('api.'.length)}` : undefined;
}
