/** Cuts a list into pages, with the `Link` header that leads from one to the next. */
import type { Context } from 'hono';
import type { Env } from './world.ts';

export function pageOf<Item>(c: Context<Env>, items: readonly Item[]): Item[] {
  const size = sizeOf(c);
  const page = Math.max(1, Math.trunc(Number(c.req.query('page') ?? 1)) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const links = [
    ...(page > 1 ? [link(c, 'prev', { page: Math.min(page - 1, last) })] : []),
    ...(page < last ? [link(c, 'next', { page: page + 1 }), link(c, 'last', { page: last })] : []),
    ...(page > 1 ? [link(c, 'first', { page: 1 })] : []),
  ];
  if (links.length > 0) c.header('link', links.join(', '));
  return items.slice((page - 1) * size, page * size);
}

/** 30 unless told, never more than 100: GitHub cuts a larger wish down without a word. */
export function sizeOf(c: Context<Env>): number {
  return Math.min(100, Math.max(1, Math.trunc(Number(c.req.query('per_page') ?? 30)) || 30));
}

export function link(c: Context<Env>, rel: string, query: Record<string, string | number>): string {
  const url = new URL(c.req.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return `<${url.href}>; rel="${rel}"`;
}
