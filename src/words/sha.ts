/** A Git commit: 40 lower-case hex digits, never shortened and never a branch. */
import * as z from 'zod';

const FULL = /^[0-9a-f]{40}$/;

export const Sha = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.string().regex(FULL, { error: 'a commit is 40 hex digits' }).brand<'Sha'>());
export type Sha = z.infer<typeof Sha>;

/** The commit that a text is, or undefined: an image's tag may be one. */
export function shaIn(text: string | undefined): Sha | undefined {
  const parsed = Sha.safeParse(text);
  return parsed.success ? parsed.data : undefined;
}

/** Seven digits, as GitHub shows a commit to people. */
export function short(sha: Sha): string {
  return sha.slice(0, 7);
}
