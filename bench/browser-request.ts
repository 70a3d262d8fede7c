/** What a browser sends when a page asks its own host for something. */
import type { Request } from './load.ts';

const HEADERS = {
  accept: 'application/json, text/plain, */*',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-US,en;q=0.9,de;q=0.8',
  'cache-control': 'no-cache',
  cookie: 'session=4f5a9c1e7b; theme=dark; consent=a%3D1%26b%3D0',
  priority: 'u=1, i',
  'sec-ch-ua': '"Chromium";v="142", "Not)A;Brand";v="24"',
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-origin',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
};

export function browserRequest(
  host: string,
  path = '/api/items?page=2',
  headers: Readonly<Record<string, string>> = {},
): Request {
  return { method: 'GET', path, body: '', headers: { host, ...HEADERS, ...headers } };
}
