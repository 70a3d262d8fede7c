/** The one mapping from what a door decided to what it says: status, headers and body. */
import { unreachable } from '../src/words/unreachable.ts';

export type Answer =
  | { readonly kind: 'accepted'; readonly event: string }
  | { readonly kind: 'duplicate'; readonly event: string }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'owed' }
  | { readonly kind: 'malformed'; readonly error: string; readonly path?: string }
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'not found'; readonly error: string }
  | { readonly kind: 'wrong method'; readonly allow: string; readonly hint?: string }
  | { readonly kind: 'too large'; readonly most: number }
  | { readonly kind: 'wrong type'; readonly hint?: string }
  | { readonly kind: 'broken' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'unavailable'; readonly error: string };

// Argo CD's sender waits this long, whatever it is, and sends nothing else meanwhile.
const SOON = { 'retry-after': '2' };

export function respond(answer: Answer): Response {
  switch (answer.kind) {
    case 'accepted':
      return said(202, { event: answer.event, duplicate: false });
    case 'duplicate':
      return said(200, { event: answer.event, duplicate: true });
    case 'ignored':
      return said(200, { ignored: answer.why });
    case 'owed':
      return said(202, { owed: true });
    case 'malformed':
      return said(400, { error: answer.error, ...(answer.path === undefined ? {} : { path: answer.path }) });
    case 'unauthenticated':
      return said(401, { error: 'no credential that is known here' }, { 'www-authenticate': 'Bearer' });
    case 'unsigned':
      return said(401, { error: 'X-Hub-Signature-256 is not that of this body under a secret that is known here' });
    case 'forbidden':
      // Which of instance, project, repository and environment it was stands in the log, not in the answer.
      return said(403, { error: 'this credential may not speak for that' });
    case 'not found':
      return said(404, { error: answer.error });
    case 'wrong method':
      return said(405, { error: answer.hint ?? `only ${answer.allow} is taken here` }, { allow: answer.allow });
    case 'too large':
      return said(413, { error: `a body here has at most ${answer.most} bytes` });
    case 'wrong type':
      return said(415, { error: answer.hint ?? 'the content type here is application/json' });
    case 'broken':
      return said(500, { error: 'something went wrong here; the log says what' });
    case 'closed':
      return said(
        503,
        { error: 'this door is closed until its configuration is mended: /healthz says what is wrong' },
        SOON,
      );
    case 'unavailable':
      return said(503, { error: answer.error }, SOON);
    default:
      return unreachable(answer);
  }
}

function said(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers });
}
