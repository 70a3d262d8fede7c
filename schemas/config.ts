/** `hawser.yaml`: what differs between organisations. Strict: an unknown key is an error that names its path. */
import * as z from 'zod';
import { Duration } from '../src/words/duration.ts';
import { callable } from '../src/words/https-url.ts';
import { Repository } from '../src/words/repository.ts';
import { Label } from './domain.ts';

const Url = z
  .string()
  .max(2048)
  .refine(callable, { error: 'a URL here is https, or http on loopback' })
  .transform((url) => url.replace(/\/+$/, ''));
/** What is shown as a link may hold placeholders, which stand in the place of one label or segment. */
const UrlTemplate = z
  .string()
  .max(2048)
  .refine((text) => callable(text.replace(/\{(slug|number|owner|repo)\}/g, 'x')), {
    error: 'an https URL; {slug}, {number}, {owner} and {repo} may stand in it',
  });
/** Names a secret as well: `ARGOCD_<NAME>_TOKEN`. */
const Name = z
  .string()
  .max(50)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, { error: 'a name is lower-case letters, digits and inner dashes' })
  // ARGOCD_<NAME>_API_TOKEN is another secret of the instance without it.
  .refine((name) => !name.endsWith('-api'), { error: 'a name does not end in -api' });
/** `*` stands for any run of characters. */
const Patterns = z.array(z.string().min(1).max(300)).min(1);

function uniquelyNamed(items: readonly { readonly name: string }[]): boolean {
  return new Set(items.map((item) => item.name)).size === items.length;
}

const Tenant = z.strictObject({ repositories: Patterns, environments: Patterns });

const Refresh = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('webhook'), url: Url }),
  z.strictObject({ mode: z.literal('action'), application: z.string().min(1) }),
  z.strictObject({ mode: z.literal('off') }),
]);

const Deployments = z.strictObject({
  /** Succeeded and Healthy must hold this long, unless health is newer than the operation. */
  settle: Duration.prefault('30s'),
  /** Degraded must hold this long before it is a failure. */
  degradedAfter: Duration.prefault('60s'),
  /** No sign of life and no terminal state for so long: error. */
  deadline: Duration.prefault('30m'),
});

const Environment = z.strictObject({ production: z.boolean().optional(), url: Url.optional() });

const Instance = z.strictObject({
  name: Name,
  url: Url.optional(),
  ...Tenant.shape,
  projects: z.array(z.strictObject({ name: z.string().min(1), ...Tenant.shape })).optional(),
  refresh: Refresh.prefault({ mode: 'off' }),
});

export const Config = z.strictObject({
  deployments: Deployments.prefault({}),
  github: z
    .strictObject({
      /** Per installation, after a burst of as many: GitHub's secondary limit is 180 writes in any minute. */
      writesPerMinute: z.int().min(1).max(90).default(60),
      /** Pull requests and comments, per installation. */
      contentPerHour: z.int().min(1).max(500).default(450),
    })
    .prefault({}),
  previews: z
    .strictObject({
      label: z.string().min(1).max(50).default('preview'),
      environment: z.string().min(1).max(200).default('preview'),
      url: UrlTemplate.optional(),
      /** Names of the shared environment, as the router has them in `shared`: no preview gets one, whatever its branch. */
      reserved: z.array(Label).max(100).default(['www', 'main', 'sandbox']),
      forks: z.enum(['deny', 'approve']).default('deny'),
      staleAfter: Duration.prefault('72h'),
      warnBefore: Duration.prefault('24h'),
      keepLabel: z.string().min(1).max(50).default('keep-preview'),
      sweep: z.enum(['report', 'remove']).default('report'),
    })
    .prefault({}),
  environments: z.record(z.string().min(1).max(255), Environment).default({}),
  argocd: z.array(Instance).refine(uniquelyNamed, { error: 'two Argo CD instances have one name' }).default([]),
  publishers: z
    .array(z.strictObject({ name: Name, repositories: Patterns }))
    .refine(uniquelyNamed, { error: 'two publishers have one name' })
    .default([]),
  oidc: z
    .strictObject({
      issuer: Url.default('https://token.actions.githubusercontent.com'),
      audience: z.string().min(1).default('hawser'),
      /** Everybody on GitHub can have such a token: whose count. Without it, those that an Argo CD instance speaks for. */
      repositories: Patterns.optional(),
    })
    .optional(),
  /** Which repository pins the images of another; without it, `<repository>-deployment`. */
  deploymentRepositories: z.record(Repository, Repository).default({}),
  imageUpdaters: z
    .array(z.strictObject({ name: Name, url: Url }))
    .refine(uniquelyNamed, { error: 'two Image Updaters have one name' })
    .default([]),
});
export type Config = z.infer<typeof Config>;
export type ConfiguredPublisher = Config['publishers'][number];
export type ConfiguredInstance = Config['argocd'][number];
