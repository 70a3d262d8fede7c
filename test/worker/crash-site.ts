/** Where crashes are cheap: the Worker in workerd, whose objects are aborted with all that they have in memory. */
import { abortAllDurableObjects, reset, runInDurableObject } from 'cloudflare:test';
import { inject, vi } from 'vitest';
import type { CrashPoint } from '../crash/crash-point.ts';
import type { Site } from '../crash/run.ts';
import { post as postHook } from './hook.ts';
import { github, ledger, stage } from './stage.ts';

const REPOSITORY = 'acme/shop';
const HOUR = 3_600_000;

export async function crashSite(crash: CrashPoint): Promise<Site> {
  const scene = await stage(REPOSITORY);
  await instrument(crash);
  return {
    github,
    repository: REPOSITORY,
    startsAt: scene.startsAt,
    async send(sending) {
      if (sending.door === '/images') throw new Error('no publisher has a door here');
      const answer =
        sending.door === '/github/webhooks'
          ? await postHook(sending.event, sending.delivery, sending.body)
          : await scene.post(sending.instance, sending.body);
      return { status: answer.status, text: await answer.text() };
    },
    async until(second) {
      await scene.pass(scene.startsAt + second * 1000);
    },
    async end() {
      await scene.pass(Date.now() + HOUR);
    },
    api: async () => (await scene.api(`/${REPOSITORY}`)).json(),
    kill: abortAllDurableObjects,
    // The next call finds a new object.
    start: () => Promise.resolve(),
  };
}

export async function leaveCrashSite(): Promise<void> {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
}

/** Calls and commits are counted where they meet the platform; after the crash neither happens any more. */
async function instrument(crash: CrashPoint): Promise<void> {
  const call = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const { method, url } = new Request(input, init);
    const { origin, pathname } = new URL(url);
    if (origin !== new URL(inject('githubUrl')).origin || pathname.startsWith('/_emulator')) return call(input, init);
    if (crash.step(`before ${method} ${pathname}`)) return new Promise<never>(() => {});
    const answer = await call(input, init);
    return crash.step(`after ${method} ${pathname}`) ? new Promise<never>(() => {}) : answer;
  });

  const [storage, sql] = await runInDurableObject(
    ledger(REPOSITORY),
    (_, state): [DurableObjectStorage, SqlStorage] => [
      Object.getPrototypeOf(state.storage),
      Object.getPrototypeOf(state.storage.sql),
    ],
  );
  const { setAlarm, deleteAlarm } = storage;
  const { exec } = sql;
  let written = false;
  vi.spyOn(sql, 'exec').mockImplementation(function (this: SqlStorage, query, ...bindings) {
    if (!/^\s*SELECT/.test(query)) commit(query);
    return exec.call(this, query, ...bindings);
  });
  vi.spyOn(storage, 'setAlarm').mockImplementation(function (this: DurableObjectStorage, at) {
    commit('an alarm');
    return setAlarm.call(this, at);
  });
  vi.spyOn(storage, 'deleteAlarm').mockImplementation(function (this: DurableObjectStorage) {
    commit('no alarm');
    return deleteAlarm.call(this);
  });

  /** What is written in one turn is committed together. */
  function commit(what: string): void {
    if (crash.isDown) throw new Error('the process is gone');
    if (written) return;
    written = true;
    queueMicrotask(() => {
      written = false;
      crash.step(`commit of ${what.trim().slice(0, 60)}`);
    });
  }
}
