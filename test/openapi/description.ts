/** GitHub's own description of its REST API and of its webhooks, as `@octokit/openapi` publishes it; read when first needed. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A part of an OpenAPI 3.0 document: only what is looked at has a name. */
export type Schema = { readonly [keyword: string]: unknown };
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type Reference = { readonly $ref: string };
export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
  /** GitHub's own: slashes may stand in it. */
  readonly 'x-multi-segment'?: boolean;
};
export type Body = { readonly required?: boolean; readonly content?: Content };
export type Operation = {
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body | Reference>>;
};
type Webhook = { readonly post: Operation & { readonly 'x-github': { readonly subcategory: string } } };

export type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly 'x-webhooks': Readonly<Record<string, Webhook>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const require = createRequire(import.meta.url);
let read: Description | undefined;

// The package's own entry would load nine more documents of seventy megabytes.
export function description(): Description {
  read ??= JSON.parse(
    readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'),
  ) as Description;
  return read;
}

/** What stands where a reference may stand. */
export function resolved<Part extends object>(part: Part | Reference): Part {
  if (!('$ref' in part)) return part;
  const found = part.$ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>(
      (inside, key) => (inside as Schema)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
      description(),
    );
  return found as Part;
}

/** Every event of GitHub's, with every action it may have. */
export function describedWebhooks(): readonly { readonly event: string; readonly action?: string }[] {
  return Object.values(description()['x-webhooks']).flatMap(({ post }) => {
    const event = post['x-github'].subcategory;
    const schema = resolved<Schema>(post.requestBody?.content?.['application/json']?.schema ?? {});
    const { properties = {} } = schema as { properties?: Record<string, Schema> };
    const actions = (properties.action?.enum ?? []) as readonly string[];
    return actions.length === 0 ? [{ event }] : actions.map((action) => ({ event, action }));
  });
}
