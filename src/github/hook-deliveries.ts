/** Reads the App's own list of webhook deliveries, page by page, and asks for one of them again. */
import * as z from 'zod';
import type { Reason } from '../../schemas/effect.ts';
import { type Instant, instantOf } from '../words/instant.ts';
import { failed, ok, type Result } from '../words/result.ts';
import type { Answer } from './answer.ts';
import type { Fetch, GitHub } from './client.ts';
import { failureOf } from './outcome.ts';
import type { Attempted } from './redelivery.ts';

/** https://docs.github.com/rest/apps/webhooks#list-deliveries-for-an-app-webhook */
const Listed = z
  .object({
    id: z.union([z.int(), z.string().regex(/^\d+$/)]).transform(String),
    guid: z.string().min(1),
    delivered_at: z.string(),
    redelivery: z.boolean(),
    status: z.string(),
    status_code: z.number(),
    event: z.string(),
    action: z.string().nullish(),
  })
  .transform(({ delivered_at, status, status_code: code, action, ...rest }, context): Attempted => {
    const at = instantOf(delivered_at);
    if (at !== undefined) return { ...rest, at, ok: status === 'OK', code, action: action ?? null };
    context.addIssue({ code: 'custom', message: 'is no time' });
    return z.NEVER;
  });

/** `next`: the cursor of the page of older ones. */
export type DeliveryPage = { readonly attempts: readonly Attempted[]; readonly next: string | undefined };

export async function readDeliveries(
  app: GitHub,
  cursor: string | undefined,
  now: () => Instant,
): Promise<Result<DeliveryPage, Reason>> {
  const answer = await app('GET /app/hook/deliveries', { per_page: 100, ...(cursor === undefined ? {} : { cursor }) });
  const listed =
    answer.kind === 'answered' && answer.status === 200 ? z.array(Listed).safeParse(answer.body) : undefined;
  if (answer.kind === 'broken' || listed?.success !== true) return failed(reasonOf(answer, now));
  return ok({ attempts: listed.data, next: nextIn(answer.headers['link'] ?? '') });
}

/** Refused: GitHub will not repeat it, now or later. */
export async function askAgain(
  app: GitHub,
  id: string,
  now: () => Instant,
): Promise<Result<'asked' | 'refused', Reason>> {
  const answer = await app('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: id });
  if (answer.kind === 'answered' && answer.status === 202) return ok('asked');
  const isRefused = answer.kind === 'answered' && [400, 404, 410, 422].includes(answer.status);
  return isRefused ? ok('refused') : failed(reasonOf(answer, now));
}

/** Ids of deliveries have outgrown the numbers of JavaScript: where they have, they are read as text. */
export function withExactIds(fetch: Fetch): Fetch {
  return async function fetchWithExactIds(url, init) {
    const response = await fetch(url, init);
    if (response.status !== 200) return response;
    const text = await response.text();
    return new Response(text.replace(/"id":\s*(\d{16,})/g, '"id":"$1"'), response);
  };
}

function reasonOf(answer: Answer, now: () => Instant): Reason {
  return failureOf(answer, 0, now()).reason;
}

function nextIn(link: string): string | undefined {
  const next = /<([^>]+)>\s*;\s*rel="next"/.exec(link)?.[1];
  return URL.parse(next ?? '')?.searchParams.get('cursor') ?? undefined;
}
