/** An index of previews on the stage: its alarm rung at its time, and what it has written into KV. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, vi } from 'vitest';
import { NamedPreviews } from '../../schemas/preview-entry.ts';
import { github } from './stage.ts';

export const ZONE = 'example-preview.dev';

export const index = () => env.PREVIEW_INDEX.get(env.PREVIEW_INDEX.idFromName(ZONE));

/** Until nothing is being written. Not `vi.waitFor`, which moves the clock. */
export async function settled(): Promise<void> {
  await expect.poll(() => runInDurableObject(index(), (object) => object.isWriting), { interval: 1 }).toBe(false);
}

/** Rings its alarm whenever that is due within so long; tells how often. */
export async function passIndex(milliseconds: number): Promise<number> {
  const end = Date.now() + milliseconds;
  for (let rings = 0; ; rings += 1) {
    await settled();
    const alarm = await alarmAt();
    if (alarm === null || alarm > end) {
      await moveTo(end);
      return rings;
    }
    await moveTo(alarm);
    await runInDurableObject(index(), (object) => object.alarm());
  }
}

/** As the cron wakes it, until every ledger has looked at its pull requests. The clock goes along, and stays there. */
export async function keptForADay(): Promise<void> {
  for (let hour = 0; hour < 27; hour += 0.5) await wakeIn(1_800_000);
}

export async function wakeIn(milliseconds: number): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
  await index().wake();
}

export function alarmAt(): Promise<number | null> {
  return runInDurableObject(index(), (_, { storage }) => storage.getAlarm());
}

/** GitHub's clock goes along. */
async function moveTo(instant: number): Promise<void> {
  const ahead = instant - Date.now();
  if (ahead <= 0) return;
  vi.setSystemTime(instant);
  await github.advance(ahead);
}

/** Puts another KV in the place of the real one; without, none is bound. */
export async function bind(kv: object | undefined): Promise<void> {
  await runInDurableObject(index(), (object) => {
    Reflect.set(object, 'env', { ...Reflect.get(object, 'env'), PREVIEWS: kv });
  });
}

/** What KV has, in short. */
export async function written(): Promise<Readonly<Record<string, readonly string[] | undefined>>> {
  const { keys } = (await env.PREVIEWS?.list()) ?? { keys: [] };
  const values = await Promise.all(
    keys.map(async ({ name }) => [name, shortly(NamedPreviews.parse(await env.PREVIEWS?.get(name, 'json')))] as const),
  );
  return Object.fromEntries(values);
}

/** What nobody knows is nothing at all. */
export function shortly(previews: NamedPreviews | undefined): readonly string[] | undefined {
  return previews?.map(({ repository, number, state }) => `${repository}#${number} ${state}`);
}
