/** Reads a request's JSON body, refusing as GitHub does what is not an object. */
import type { Context } from 'hono';
import { Refusal } from './refusal.ts';
import type { Env } from './world.ts';

export type Fields = Record<string, unknown>;

export async function readBody(c: Context<Env>): Promise<Fields> {
  const text = await c.req.text();
  if (text === '') return {};
  const body = parse(text);
  // What the client of Argo CD (ghinstallation) sends where it has nothing to say, and gets its tokens with.
  if (body === null) return {};
  if (!isFields(body)) throw new Refusal(400, 'Body should be a JSON object');
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string, or absent; anything else is refused in the words of GitHub's request schema. */
export function textOf(body: Fields, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new Refusal(422, `Invalid request.\n\nFor 'properties/${field}', ${JSON.stringify(value)} is not a string.`);
}

export function flagOf(body: Fields, field: string): boolean | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw new Refusal(422, `Invalid request.\n\nFor 'properties/${field}', ${JSON.stringify(value)} is not a boolean.`);
}
