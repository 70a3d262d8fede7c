/** Of GitHub's webhook events those that promotions live on: https://docs.github.com/webhooks/webhook-events-and-payloads */
import * as z from 'zod';
import { Repository } from '../src/words/repository.ts';
import { Sha } from '../src/words/sha.ts';

const About = z.object({ full_name: Repository });

export const PushPayload = z.object({
  ref: z.string(),
  before: Sha,
  after: Sha,
  repository: About.extend({ default_branch: z.string() }),
  pusher: z.object({ name: z.string() }),
  sender: z.object({ login: z.string(), type: z.string().nullish() }).nullish(),
});

const Suite = z.object({ head_branch: z.string().nullish() });

export const CheckRunPayload = z.object({
  action: z.string().nullish(),
  check_run: z.object({ name: z.string(), head_sha: Sha, check_suite: Suite.nullish() }),
  repository: About,
});

export const CheckSuitePayload = z.object({
  action: z.string(),
  check_suite: Suite.extend({ head_sha: Sha, app: z.object({ id: z.number().nullish() }).nullish() }),
  repository: About,
});

export const StatusPayload = z.object({
  sha: Sha,
  state: z.string(),
  branches: z.array(z.object({ name: z.string() })),
  repository: About,
});

export const ReleasePayload = z.object({
  action: z.string(),
  release: z.object({ tag_name: z.string(), draft: z.boolean(), prerelease: z.boolean() }),
  repository: About,
});

/** Octokit's examples, and what GitHub sends, leave out or empty whatever is not known. */
const Version = z.object({
  version: z.string().nullish(),
  target_oid: z.string().nullish(),
  package_url: z.string().nullish(),
  container_metadata: z
    .object({
      tag: z.object({ name: z.string().nullish(), digest: z.string().nullish() }).nullish(),
      labels: z.object({ revision: z.string().nullish() }).nullish(),
    })
    .nullish(),
});
const Package = z.object({
  name: z.string(),
  package_type: z.string(),
  owner: z.object({ login: z.string() }).nullish(),
  package_version: Version.nullish(),
});
export type Package = z.infer<typeof Package>;

/** Webhooks of a repository or an organisation have `package`, those of an App `registry_package`: the same under two names. */
export const PackagePayload = z
  .object({
    action: z.string(),
    package: Package.nullish(),
    registry_package: Package.nullish(),
    repository: About.nullish(),
  })
  .transform(({ package: one, registry_package: other, ...rest }) => ({ ...rest, package: one ?? other ?? undefined }));
