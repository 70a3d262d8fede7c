/** Holds a GraphQL document against GitHub's own schema: which is not a part of its OpenAPI description. */
import { validate } from '@octokit/graphql-schema';
import * as z from 'zod';

const Sent = z.object({ query: z.string() });

export function isGraphql(method: string, path: string): boolean {
  return method === 'POST' && path === '/graphql';
}

export function documentFaults(body: unknown): readonly string[] {
  const sent = Sent.safeParse(body);
  return sent.success ? validate(sent.data.query).map(({ message }) => message) : ['there is no query'];
}
