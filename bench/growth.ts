/** Whether an event costs more in a ledger that has seen much. */
import { join } from 'node:path';
import type * as z from 'zod';
import { T0 } from '../local/application.ts';
import { refuseFailures } from './acknowledgement.ts';
import type { Effort } from './effort.ts';
import { figure, type Part } from './figure.ts';
import { standIn } from './github-stand-in.ts';
import { Costs, type Order } from './instruments.ts';
import { inTurn, type Request } from './load.ts';
import { endless } from './notifications.ts';
import { median, spread } from './series.ts';
import { type Bundles, runHawser } from './stage.ts';

const FEW = 10;
const MANY = 10_000;
const BATCH = 40;
const ROUNDS = { full: 12, quick: 3 } as const;
const GOAL = 1.2;

type Subject = { readonly repository: string; readonly next: () => Request; readonly times: number[]; costs?: Costs };

export async function measureGrowth({ measured }: Bundles, directory: string, effort: Effort): Promise<Part> {
  const rounds = ROUNDS[effort];
  const github = await standIn({ paused: true });
  const running = await runHawser({ modules: measured, github: github.url, state: join(directory, 'growth') });
  try {
    const young = await prepare(running.url, 'acme/young', FEW);
    const old = await prepare(running.url, 'acme/old', MANY);
    for (let round = 0; round < rounds; round += 1) {
      // Who is first in a round is second in the next.
      for (const subject of round % 2 === 0 ? [young, old] : [old, young]) {
        subject.times.push(median(await batch(running.url, subject)));
      }
    }
    for (const subject of [young, old]) subject.costs = await counted(running.url, subject);
    return { title: 'An event in a ledger that has grown', how: how(rounds), figures: figuresOf(young, old) };
  } finally {
    await Promise.all([running.close(), github.close()]);
  }
}

const how = (
  rounds: number,
) => `Two ledgers, one with ${FEW} and one with ${MANY.toLocaleString('en')} finished rollouts of the very environment that goes on, and four events remembered of
each. Two applications roll out there again and again, one notification after the other, ${BATCH} in turn for each ledger, ${rounds} times. Rows
are what SQLite says it read and wrote for \`${BATCH}\` events.`;

async function prepare(url: string, repository: string, rollouts: number): Promise<Subject> {
  const places = ['one', 'two'].map((app) => ({ repository, environment: 'production', app }));
  const subject = { repository, next: endless(places), times: [] };
  await batch(url, subject);
  await order(url, { kind: 'seed', repository, environment: 'production', rollouts, before: T0 });
  await batch(url, subject);
  return subject;
}

async function batch(url: string, { next }: Subject): Promise<readonly number[]> {
  const load = await inTurn(url, Array.from({ length: BATCH }, next));
  refuseFailures(load, 202);
  return load.times;
}

async function counted(url: string, subject: Subject): Promise<Costs> {
  const { repository } = subject;
  await order(url, { kind: 'count', repository, on: true });
  await batch(url, subject);
  const { statements, rowsRead, rowsWritten } = Costs.parse(await order(url, { kind: 'count', repository, on: false }));
  return { statements: statements / BATCH, rowsRead: rowsRead / BATCH, rowsWritten: rowsWritten / BATCH };
}

function figuresOf(young: Subject, old: Subject) {
  const time = median(old.times) / median(young.times);
  const compared = (name: string, few: number, many: number) =>
    figure(
      `${name}, with ${FEW} and with ${MANY.toLocaleString('en')} rollouts`,
      `${few.toFixed(1)} and ${many.toFixed(1)}, ratio ${(many / few).toFixed(2)}`,
      `≤ ${GOAL}`,
      many / few <= GOAL,
    );
  const none = { statements: Number.NaN, rowsRead: Number.NaN, rowsWritten: Number.NaN };
  const [few, many] = [young.costs ?? none, old.costs ?? none];
  return [
    figure(`milliseconds until an event is acknowledged, with ${FEW}`, spread(young.times, 2)),
    figure(`the same with ${MANY.toLocaleString('en')}`, spread(old.times, 2)),
    figure('ratio of the medians', time.toFixed(2), `≤ ${GOAL}`, time <= GOAL),
    compared('rows read for an event', few.rowsRead, many.rowsRead),
    compared('rows written for an event', few.rowsWritten, many.rowsWritten),
    compared('statements for an event', few.statements, many.statements),
  ];
}

export async function order(url: string, given: z.infer<typeof Order>, patience = 120_000): Promise<unknown> {
  const response = await fetch(`${url}/bench`, {
    method: 'POST',
    body: JSON.stringify(given),
    signal: AbortSignal.timeout(patience),
  });
  if (!response.ok) throw new Error(`the Worker with instruments answered ${response.status}`);
  return response.json();
}
