/** What an operator's Prometheus reads: sums and standings of each installation, from its register; `docs/metrics.md` explains them. */
import { owners } from '../src/github/app-token.ts';
import type { InstallationMetrics } from '../src/github/installation.ts';
import { classOf, log } from '../src/log.ts';
import { CONTENT_TYPE, exposition, type Family, type Sample } from './exposition.ts';
import { installationOf, previewIndexOf } from './ledgers.ts';

/** What is owed stands open longest while GitHub is down: then the accounts are those that it named last. */
let lastNamed: readonly string[] = [];

export async function showMetrics(env: Cloudflare.Env): Promise<Response> {
  const listed = await owners(env);
  if (listed.ok) lastNamed = listed.value;
  const read = await Promise.all(lastNamed.map((owner) => readInstallation(owner, env)));
  const unwritten = await unwrittenNames(env);
  const text = exposition([...familiesOf(listed.ok, read, Date.now()), ...unwritten]);
  return new Response(text, { headers: { 'content-type': CONTENT_TYPE } });
}

type Read = { readonly owner: string; readonly metrics: InstallationMetrics | undefined };
type Known = { readonly owner: string; readonly metrics: InstallationMetrics };

/** One that can't be read now is said to be so, and is not the others' loss. */
async function readInstallation(owner: string, env: Cloudflare.Env): Promise<Read> {
  try {
    return { owner, metrics: await installationOf(env, owner).metrics() };
  } catch (error) {
    log('an installation could not be read', { error: classOf(error) });
    return { owner, metrics: undefined };
  }
}

/** Nothing where there is no index, or it can't be read now. */
async function unwrittenNames(env: Cloudflare.Env): Promise<readonly Family[]> {
  const found = previewIndexOf(env);
  if (found === undefined) return [];
  try {
    const { keys } = await found.index.behind();
    const help = "Names of previews whose value in the router's KV is not what it ought to be.";
    return [
      {
        name: 'hawser_preview_names_unwritten',
        type: 'gauge',
        help,
        samples: [{ labels: { zone: found.zone }, value: keys }],
      },
    ];
  } catch (error) {
    log('an index of previews could not be read', { error: classOf(error) });
    return [];
  }
}

function familiesOf(isListed: boolean, read: readonly Read[], now: number): readonly Family[] {
  const known = read.flatMap(({ owner, metrics }) => (metrics === undefined ? [] : [{ owner, metrics }]));
  const gauge = (name: string, help: string, value: (metrics: InstallationMetrics) => number): Family => ({
    name: `hawser_${name}`,
    type: 'gauge',
    help,
    samples: known.map(({ owner, metrics }) => ({ labels: { installation: owner }, value: value(metrics) })),
  });
  const counter = (subject: 'event' | 'effect', help: string): Family => ({
    name: `hawser_${subject}s_total`,
    type: 'counter',
    help,
    samples: known.flatMap((each) => sumsOf(each, subject)),
  });
  return [
    {
      name: 'hawser_installations_listed',
      type: 'gauge',
      help: '1 if GitHub said now where the App is installed; 0: these are the accounts that it named last.',
      samples: [{ labels: {}, value: Number(isListed) }],
    },
    {
      name: 'hawser_installation_up',
      type: 'gauge',
      help: "1 if the installation's register could be read.",
      samples: read.map(({ owner, metrics }) => ({
        labels: { installation: owner },
        value: Number(metrics !== undefined),
      })),
    },
    counter('event', 'Events that reached a ledger, by what became of them.'),
    counter('effect', 'Attempts at effects, by how they ended.'),
    gauge(
      'oldest_owed_effect_age_seconds',
      'Age of the oldest effect that is owed and not dead; 0 where nothing is owed.',
      ({ tally: { oldestOwedAt } }) => (oldestOwedAt === null ? 0 : secondsFrom(oldestOwedAt, now)),
    ),
    gauge('dead_letters', 'Effects that were given up and wait for a person.', ({ tally }) => tally.dead),
    gauge('ledgers', 'Repositories that ever had an event.', ({ ledgers }) => ledgers),
    gauge('ledgers_waiting', 'Ledgers that wait for leave to write.', ({ view }) => view.waiting),
    gauge('write_budget_left', 'Writes to GitHub that may begin at once.', ({ view }) => view.budget.left),
    gauge('write_budget_per_minute', 'What the write budget gains in a minute.', ({ view }) => view.budget.perMinute),
    gauge('writes_in_flight', 'Writes to GitHub under way.', ({ view }) => view.budget.inFlight),
    gauge('paused', '1 while GitHub has asked to wait.', ({ view }) => Number(view.pausedUntil !== null)),
    gauge('pause_seconds_left', 'How long it asks to wait still; 0 where nothing is paused.', ({ view }) =>
      view.pausedUntil === null ? 0 : secondsFrom(now, view.pausedUntil),
    ),
  ];
}

function sumsOf({ owner, metrics }: Known, subject: 'event' | 'effect'): readonly Sample[] {
  return metrics.tally.counts
    .filter((count) => count.subject === subject)
    .map(({ kind, outcome, number }) => ({ labels: { installation: owner, kind, outcome }, value: number }));
}

function secondsFrom(from: number, to: number): number {
  return Math.max(to - from, 0) / 1_000;
}
