/** What came back from a call to GitHub: an answer, whatever its status, or nothing because the wire broke. */
import * as z from 'zod';

export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: unknown;
    }
  | { readonly kind: 'broken'; readonly cause: string };

const Answered = z.object({ status: z.number(), headers: z.record(z.string(), z.unknown()), data: z.unknown() });

/** Octokit throws for every status from 400 on; an error without a response means that none was read. */
const Refused = z.object({ response: Answered });

export function answered(response: unknown): Answer {
  const { status, headers, data } = Answered.parse(response);
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { kind: 'answered', status, headers: Object.fromEntries(texts), body: textOf(data) };
}

export function answerIn(error: unknown): Answer {
  const refused = Refused.safeParse(error);
  if (refused.success) return answered(refused.data.response);
  return { kind: 'broken', cause: error instanceof Error ? error.message : 'unknown' };
}

/** A body whose type Octokit does not know as text comes as bytes. */
function textOf(data: unknown): unknown {
  return data instanceof ArrayBuffer ? new TextDecoder().decode(data) : data;
}
