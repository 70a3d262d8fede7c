/** Where GitHub's description says less than GitHub does, or another thing: each with the place that says how it really is. */
import type { Body } from './description.ts';
import type { Fault } from './json-schema.ts';

export const REFUSAL: Body = {
  content: { 'application/json': { schema: { $ref: '#/components/schemas/basic-error' } } },
};

/** What any operation may answer, though few list it. */
export const EVERYWHERE: Readonly<Record<number, Body>> = {
  // GitHub Docs, "Best practices for using the REST API", "Use conditional requests if appropriate".
  304: {},
  // GitHub Docs, "Troubleshooting the REST API", "400 Problems parsing JSON".
  400: REFUSAL,
  // GitHub Docs, "Authenticating to the REST API", "Failed login limit": bad credentials.
  401: REFUSAL,
  // The same, for a token without the permission; and "Rate limits for the REST API", for both limits.
  403: REFUSAL,
  // GitHub Docs, "Troubleshooting the REST API", "404 Not Found for an existing resource".
  404: REFUSAL,
};

type Pardon = { readonly operation: RegExp; readonly pointer: RegExp; readonly reason: RegExp; readonly why: string };

const PARDONS: readonly Pardon[] = [
  {
    operation: /^GET \/repos\/\{owner\}\/\{repo\}\/contents\/\{path\}$/,
    pointer: /^\/?$/,
    reason: /^must (be array|be object|match a schema in anyOf)$/,
    why: 'asked for as application/vnd.github.raw+json, a file is its text: GitHub Docs, "Get repository content"',
  },
  {
    operation: /^GET \/app\/installations$/,
    pointer: /^\/\d+\/account(\/name)?$/,
    reason: /^must (have required property 'slug'|be string|be null|match a schema in anyOf)$/,
    why: 'in the list an account is a user and an enterprise at once; of a single installation it is one of the two',
  },
  {
    operation: /^\w+ \/repos\/\{owner\}\/\{repo\}\/deployments\/\{deployment_id\}\/statuses/,
    pointer: /\/(target_url|log_url|environment_url)$/,
    reason: /^must match format "uri"$/,
    why: 'the default that the description itself gives is the empty text, which is no URI',
  },
];

export function forgiven(operation: string, { pointer, reason }: Fault): boolean {
  return PARDONS.some(
    (pardon) => pardon.operation.test(operation) && pardon.pointer.test(pointer) && pardon.reason.test(reason),
  );
}
