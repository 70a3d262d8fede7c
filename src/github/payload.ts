/** The mark by which a deployment is known as Hawser's own: `payload.hawser.key`. Every reader of the repository sees it. */
import * as z from 'zod';

const Payload = z.object({ hawser: z.object({ key: z.string() }) });

/** Hex SHA-256 of what tells one rollout from all others. */
export async function rolloutKey(rollout: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(rollout));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** GitHub returns a payload as the object that was sent, or as its JSON text. */
export function hawserKeyIn(payload: unknown): string | undefined {
  const parsed = Payload.safeParse(typeof payload === 'string' ? jsonIn(payload) : payload);
  return parsed.success ? parsed.data.hawser.key : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's payload: any text is allowed there.
    return undefined;
  }
}
