/**
 * Hawser, with instruments: the same doors and objects, whose statements are counted, whose past can be written in, and
 * whose clock can be moved on faster than time passes.
 */
import hawser from '../functions/index.ts';
import { Installation as PlainInstallation } from '../src/github/installation.ts';
import { Ledger as PlainLedger } from '../src/ledger/ledger.ts';
import { type Costs, Order, type Passed, type Seed } from './instruments.ts';

/** How far the clock is ahead; while time is played, alarms ring at the player's word alone. */
let ahead = 0;
let playing = false;
const systemTime = Date.now;
Date.now = () => systemTime() + ahead;

/** GitHub's stand-in is told what time it is here. */
const send = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('x-bench-clock', String(Date.now()));
  return send(input, { ...init, headers });
};

/** Of all objects, which share this isolate: their alarms, and how much they do beside answering. */
const alarms = new Map<string, number>();
const ledgers = new Set<string>();
let busy = 0;

/** Notes what the object does with its alarm, and what it goes on with after it has answered. */
function watch(ctx: DurableObjectState): void {
  const { storage } = ctx;
  const key = ctx.id.toString();
  const setAlarm = storage.setAlarm.bind(storage);
  const deleteAlarm = storage.deleteAlarm.bind(storage);
  const waitUntil = ctx.waitUntil.bind(ctx);
  storage.setAlarm = async (at) => {
    alarms.set(key, Number(at));
    await setAlarm(at);
  };
  storage.deleteAlarm = async () => {
    alarms.delete(key);
    await deleteAlarm();
  };
  ctx.waitUntil = (promise) => {
    busy += 1;
    waitUntil(
      promise.finally(() => {
        busy -= 1;
      }),
    );
  };
}

export class Ledger extends PlainLedger {
  readonly #cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  #counting = false;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    watch(ctx);
    ledgers.add(ctx.id.toString());
    const { sql } = ctx.storage;
    const exec = sql.exec.bind(sql);
    sql.exec = (query, ...bindings) => {
      const cursor = exec(query, ...bindings);
      // @ts-expect-error: a cursor of rows of some type is one of rows of any
      if (this.#counting) this.#cursors.push(cursor);
      // The caller's type of row is not known here.
      // oxlint-disable-next-line typescript/consistent-type-assertions
      return cursor as never;
    };
  }

  override async alarm(): Promise<void> {
    if (!playing) await super.alarm();
  }

  async ring(): Promise<void> {
    await super.alarm();
  }

  count(on: boolean): Costs {
    const statements = this.#cursors.length;
    const rowsRead = this.#cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0);
    const rowsWritten = this.#cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0);
    this.#cursors.length = 0;
    this.#counting = on;
    return { statements, rowsRead, rowsWritten };
  }

  /** Rollouts that ended long ago, as they would lie there: most superseded, some failed and left, in one slot. */
  seed({ environment, rollouts, before }: Seed): void {
    const slot = JSON.stringify([environment]);
    this.ctx.storage.transactionSync(() => {
      for (let index = 0; index < rollouts; index += 1) {
        const sha = index.toString(16).padStart(40, '0');
        const start = before - (rollouts - index) * 60_000;
        const end = index % 10 === 0 ? 'left' : 'inactive';
        const shown = { state: end === 'left' ? 'failure' : 'inactive', description: 'as it was' };
        const key = `${slot} ${sha} ${start}`;
        const body = {
          ...{ key, slot, environment, sha, start, arrival: index, begun: true, end, outsider: null },
          ...{ state: end === 'left' ? 'failure' : 'success', wanted: shown, written: shown },
          deployment: { id: index + 1, production: true, transient: false, app: 'app', instance: 'main' },
        };
        const row = [key, slot, sha, start, end, Date.now(), JSON.stringify(body)];
        this.ctx.storage.sql.exec('INSERT INTO rollouts VALUES (?, ?, ?, ?, ?, ?, ?)', ...row);
        for (const state of 'abcd')
          this.ctx.storage.sql.exec('INSERT INTO deliveries VALUES (?, ?)', `${sha}${state}`, Date.now());
      }
    });
  }
}

export class Installation extends PlainInstallation {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    watch(ctx);
  }

  override async alarm(): Promise<void> {
    if (!playing) await super.alarm();
  }

  async ring(): Promise<void> {
    await super.alarm();
  }
}

type Ringing = { ring(): Promise<void> };

/** Lets each alarm ring at its time, the earliest first; the clock jumps from one to the next. */
async function pass(env: Measured, most: number): Promise<Passed> {
  playing = true;
  await calm();
  const from = Date.now();
  let rings = 0;
  for (; rings < most; rings += 1) {
    const [next] = [...alarms].sort(([, one], [, other]) => one - other);
    if (next === undefined) break;
    const [id, at] = next;
    ahead += Math.max(0, at - Date.now());
    alarms.delete(id);
    await objectOf(env, id).ring();
    await calm();
  }
  return { rings, alarms: alarms.size, milliseconds: Date.now() - from };
}

function objectOf({ LEDGER, INSTALLATION }: Measured, id: string): Ringing {
  return ledgers.has(id) ? LEDGER.get(LEDGER.idFromString(id)) : INSTALLATION.get(INSTALLATION.idFromString(id));
}

async function calm(): Promise<void> {
  while (busy > 0) await scheduler.wait(0);
}

type Measured = Cloudflare.Env & {
  readonly LEDGER: DurableObjectNamespace<Ledger>;
  readonly INSTALLATION: DurableObjectNamespace<Installation>;
};

async function obey(order: Order, env: Measured): Promise<object> {
  switch (order.kind) {
    case 'count':
      return ledgerOf(env, order.repository).count(order.on);
    case 'seed':
      await ledgerOf(env, order.repository).seed(order);
      return {};
    case 'pass':
      return pass(env, order.rings);
  }
}

function ledgerOf(env: Measured, repository: string): DurableObjectStub<Ledger> {
  return env.LEDGER.get(env.LEDGER.idFromName(repository));
}

const worker = {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname !== '/bench') return hawser.fetch(request, env, context);
    return Response.json(await obey(Order.parse(await request.json()), env));
  },
} satisfies ExportedHandler<Measured>;
export default worker;
