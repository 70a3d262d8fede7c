/** Sends bytes over a socket of their own, and reads whatever comes back until the other side ends it. */
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Hostile } from './requests.ts';

export type Answered = { readonly status: number | undefined; readonly text: string };

/** Longer than any door waits for a body. */
const PATIENCE = 15_000;
/** What a sender that has sent everything, and less than it announced, waits before it hangs up. */
const MUTE = 50;

export async function exchange(port: number, { chunks, pause, mute }: Hostile): Promise<Answered> {
  const socket = connect({ port, host: '127.0.0.1' });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const read: Buffer[] = [];
  socket.on('data', (chunk) => read.push(chunk));
  // Who hangs up on a request that it has refused may do so while the rest is still being sent.
  socket.on('error', () => resolve()).on('close', () => resolve());
  const patience = setTimeout(() => socket.destroy(), PATIENCE);
  for (const [index, chunk] of chunks.entries()) {
    if (index > 0) await wait(pause);
    if (socket.destroyed) break;
    socket.write(chunk);
  }
  if (mute) await Promise.race([ended, wait(MUTE).then(() => socket.destroy())]);
  await ended;
  clearTimeout(patience);
  const text = Buffer.concat(read).toString('latin1');
  // "100 Continue" is no answer yet.
  const status = /^HTTP\/1\.\d (\d{3})/.exec(text.replace(/^HTTP\/1\.\d 100 [^]*?\r\n\r\n/, ''))?.[1];
  return { status: status === undefined ? undefined : Number(status), text };
}
