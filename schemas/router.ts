/** `[vars.ROUTER]` of `wrangler.router.toml`: the previews' zone, and what the router reaches in it. */
import * as z from 'zod';
import { callable } from '../src/words/https-url.ts';
import { AppLabel, Domain, Label } from './domain.ts';

/** Routes look for it with a regular expression, so it holds no sign that means something there. */
export const Member = z
  .string()
  .max(64)
  .regex(/^[\w-]+$/, { error: 'is no key that a member may have here (letters, digits, - and _)' });

const Kept = z
  .string()
  .max(256)
  .regex(/^[\w.-]+$/, { error: 'is no key that may be kept (letters, digits, -, _ and .)' });

const Shared = Label.refine((name) => !name.includes('--'), {
  error: 'has two dashes in a row, which part slug and application in a host',
});

const Origin = z
  .string()
  .refine((text) => callable(text) && /^https?:\/\/[^/?#]+\/?$/.test(text), {
    error: 'is no origin: https://HOST and nothing after it (http on loopback)',
  })
  .transform((text) => new URL(text).origin);

export const Router = z
  .strictObject({
    /** `SLUG.<zone>` is the entry application's preview, `SLUG--APP.<zone>` another one's. */
    zone: Domain,
    entry: Label,
    /** The key of the baggage member that names the preview. */
    member: Member.default('preview'),
    /** Keys of incoming baggage that may pass; all else is dropped. */
    keep: z.array(Kept).default([]),
    /** Names that mean the shared environment: no member is set. */
    shared: z.array(Shared).default(['www', 'main', 'sandbox']),
    apps: z.array(z.strictObject({ name: AppLabel, origin: Origin })).default([]),
  })
  .superRefine(({ member, keep, shared, apps }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [index, key] of keep.entries()) {
      if (key.toLowerCase() === member.toLowerCase())
        refuse(['keep', index], 'is the member that the router alone sets');
    }
    for (const index of repeated(shared)) refuse(['shared', index], 'stands there twice');
    for (const index of repeated(apps.map(({ name }) => name))) refuse(['apps', index, 'name'], 'stands there twice');
  });
export type Router = z.infer<typeof Router>;

function repeated(names: readonly string[]): readonly number[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []));
}
