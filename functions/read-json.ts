/** The JSON body of an event: the right type, bounded in bytes and time, or what to answer instead. */
import { type BodyFault, readBody } from '../src/security/body.ts';
import { parseJson } from '../src/security/json.ts';
import { failed, type Result } from '../src/words/result.ts';
import type { Answer } from './answer.ts';

const PATIENCE = 10_000;

export async function readBytes(request: Request, most: number): Promise<Result<Uint8Array, Answer>> {
  if (!isJson(request.headers.get('content-type'))) return failed({ kind: 'wrong type' });
  const body = await readBody(request, { most, deadline: AbortSignal.timeout(PATIENCE) });
  return body.ok ? body : failed(bodyRefused(body.failure, most));
}

export function jsonIn(bytes: Uint8Array): Result<unknown, Answer> {
  const value = parseJson(bytes);
  return value.ok ? value : failed({ kind: 'malformed', error: `the body is ${value.failure}` });
}

export function isJson(type: string | null): boolean {
  return type?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}

export function bodyRefused(fault: BodyFault, most: number): Answer {
  switch (fault) {
    case 'too large':
      return { kind: 'too large', most };
    case 'too slow':
      // The network's fault more often than the sender's: worth another attempt, which no 4xx gets.
      return { kind: 'unavailable', error: 'the body took too long to arrive' };
    case 'broken off':
      return { kind: 'malformed', error: 'the body broke off' };
  }
}
