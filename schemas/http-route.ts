/** HTTPRoutes and the objects beside them that decide which request goes where: of each the fields that count, with the API server's defaults. */
import * as z from 'zod';

const GATEWAY_API = 'gateway.networking.k8s.io';

/** A field that is null is one that is not there. */
const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const ParentRef = z.object({
  group: z.string().default(GATEWAY_API),
  kind: z.string().default('Gateway'),
  namespace: z.string().optional(),
  name: z.string(),
  sectionName: z.string().optional(),
  port: z.int().optional(),
});
export type ParentRef = z.infer<typeof ParentRef>;

const Comparison = z.enum(['Exact', 'RegularExpression']).default('Exact');
const Expected = z.object({ type: Comparison, name: z.string(), value: z.string() }).superRefine(compiles);
export type Expected = z.infer<typeof Expected>;

const Path = z
  .object({
    type: z.enum(['Exact', 'PathPrefix', 'RegularExpression']).default('PathPrefix'),
    value: z.string().default('/'),
  })
  .superRefine(compiles);

const Match = z.object({
  path: Path.default({ type: 'PathPrefix', value: '/' }),
  method: z.string().optional(),
  headers: list(Expected),
  queryParams: list(Expected),
});
export type Match = z.infer<typeof Match>;

const Header = z.object({ name: z.string(), value: z.string() });
const HeaderChanges = z.object({ set: list(Header), add: list(Header), remove: list(z.string()) });
export type HeaderChanges = z.infer<typeof HeaderChanges>;

/** What else a filter has is kept: two of them are compared. */
const Filter = z.looseObject({
  type: z.string(),
  requestHeaderModifier: HeaderChanges.optional(),
  responseHeaderModifier: HeaderChanges.optional(),
});
export type Filter = z.infer<typeof Filter>;

const BackendRef = z.object({
  group: z.string().default(''),
  kind: z.string().default('Service'),
  namespace: z.string().optional(),
  name: z.string(),
  port: z.int().optional(),
  weight: z.int().min(0).default(1),
  filters: list(Filter),
});
export type BackendRef = z.infer<typeof BackendRef>;

const EVERYTHING: Match = { path: { type: 'PathPrefix', value: '/' }, headers: [], queryParams: [] };
const Rule = z.object({
  matches: list(Match).transform((matches) => (matches.length === 0 ? [EVERYTHING] : matches)),
  filters: list(Filter),
  backendRefs: list(BackendRef),
});
export type Rule = z.infer<typeof Rule>;

const Metadata = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  creationTimestamp: z.string().nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
});

export const HttpRoute = z.object({
  metadata: Metadata,
  spec: z.object({ parentRefs: list(ParentRef), hostnames: list(z.string()), rules: list(Rule) }),
});
export type HttpRoute = z.infer<typeof HttpRoute>;

/** As much as says where it hangs: what it takes there, no HTTPRoute gets. */
export const GrpcRoute = z.object({
  metadata: Metadata,
  spec: z.object({ parentRefs: list(ParentRef), hostnames: list(z.string()) }),
});
export type GrpcRoute = z.infer<typeof GrpcRoute>;

export const Service = z.object({
  metadata: Metadata,
  spec: z.object({ ports: list(z.object({ port: z.int() })) }),
});
export type Service = z.infer<typeof Service>;

export const ReferenceGrant = z.object({
  metadata: Metadata,
  spec: z.object({
    from: list(z.object({ group: z.string(), kind: z.string(), namespace: z.string() })),
    to: list(z.object({ group: z.string(), kind: z.string(), name: z.string().optional() })),
  }),
});
export type ReferenceGrant = z.infer<typeof ReferenceGrant>;

/** Whether routes of one namespace may lead to this Service: what the grant's own namespace opens. */
export function grants({ spec }: ReferenceGrant, from: string | undefined, service: string): boolean {
  return (
    spec.from.some(
      ({ group, kind, namespace }) => group === GATEWAY_API && kind === 'HTTPRoute' && namespace === from,
    ) && spec.to.some(({ group, kind, name = service }) => group === '' && kind === 'Service' && name === service)
  );
}

/** An object of whatever kind. */
export const Any = z.object({ kind: z.string(), metadata: Metadata });
export type Any = z.infer<typeof Any>;

const Typed = z.object({ apiVersion: z.string(), kind: z.string() });

/** `HTTPRoute`, and not one of another API's; undefined for what is no object of Kubernetes. */
export function kindOf(value: unknown): string | undefined {
  const typed = Typed.safeParse(value);
  if (!typed.success) return undefined;
  const { apiVersion, kind } = typed.data;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return group === '' || group === GATEWAY_API ? kind : `${kind}.${group}`;
}

function compiles({ type, value }: { readonly type: string; readonly value: string }, context: z.core.$RefinementCtx) {
  if (type !== 'RegularExpression') return;
  try {
    void new RegExp(value);
  } catch {
    context.addIssue({ code: 'custom', path: ['value'], message: `is no regular expression: ${value}`, input: value });
  }
}
