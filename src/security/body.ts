/** Reads a body up to a bound in bytes and in time. What the sender says of its length can only make it refused sooner. */
import { failed, ok, type Result } from '../words/result.ts';

export type BodyFault = 'too large' | 'too slow' | 'broken off';

export type Bounds = {
  readonly most: number;
  /** Aborts when patience with a slow sender ends. */
  readonly deadline: AbortSignal;
};

type Incoming = { readonly headers: Headers; readonly body: ReadableStream<Uint8Array> | null };

/** The whole body. */
export async function readBody(request: Incoming, bounds: Bounds): Promise<Result<Uint8Array, BodyFault>> {
  const kept = keeping();
  const read = await passBody(request, bounds, kept.take);
  return read.ok ? ok(kept.taken()) : read;
}

/** Hands each chunk on as it arrives, and keeps none; how many bytes there were. */
export async function passBody(
  request: Incoming,
  bounds: Bounds,
  take: (chunk: Uint8Array) => void,
): Promise<Result<number, BodyFault>> {
  const declared = request.headers.get('content-length') ?? '';
  if (/^\d+$/.test(declared) && Number(declared) > bounds.most) return failed('too large');
  if (request.body === null) return ok(0);

  const reader = request.body.getReader();
  const given = await Promise.race([pass(reader, bounds.most, take), passing(bounds.deadline)]);
  // Without it a sender that is too long or too slow could go on for ever. It may have hung up: nobody minds.
  if (!given.ok) reader.cancel().catch(() => undefined);
  return given;
}

/** One buffer that doubles: a list of chunks would let a sender of single bytes take many times what it sends. */
export function keeping(): { readonly take: (chunk: Uint8Array) => void; readonly taken: () => Uint8Array } {
  let buffer = new Uint8Array(16_384);
  let length = 0;
  return {
    take(chunk) {
      const needed = length + chunk.byteLength;
      if (needed > buffer.byteLength) buffer = grown(buffer, needed);
      buffer.set(chunk, length);
      length = needed;
    },
    taken: () => buffer.subarray(0, length),
  };
}

async function pass(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  most: number,
  take: (chunk: Uint8Array) => void,
): Promise<Result<number, BodyFault>> {
  let length = 0;
  for (;;) {
    const chunk = await nextChunk(reader);
    if (!chunk.ok) return chunk;
    if (chunk.value === undefined) return ok(length);
    length += chunk.value.byteLength;
    if (length > most) return failed('too large');
    take(chunk.value);
  }
}

/** A sender that hangs up makes the stream throw. */
async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Result<Uint8Array | undefined, 'broken off'>> {
  try {
    const { done, value } = await reader.read();
    return ok(done ? undefined : value);
  } catch {
    return failed('broken off');
  }
}

function grown(buffer: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, buffer.byteLength * 2));
  larger.set(buffer);
  return larger;
}

function passing(deadline: AbortSignal): Promise<Result<never, 'too slow'>> {
  return new Promise((resolve) => {
    if (deadline.aborted) resolve(failed('too slow'));
    deadline.addEventListener('abort', () => resolve(failed('too slow')), { once: true });
  });
}
