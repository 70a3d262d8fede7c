/** Lists that an operator reads and alerts on: what the documents name is what the source counts and logs, and nothing else. */
import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COSTS } from '../../schemas/effect.ts';
import type { DoorEvent } from '../../schemas/event.ts';

/** Only what comes in at a door is counted; a new kind fails to compile until it stands here. */
const COUNTED: Readonly<Record<DoorEvent['kind'], true>> = {
  notification: true,
  'pull-request': true,
  comment: true,
  adoption: true,
  image: true,
  push: true,
  gate: true,
  subscribe: true,
  environment: true,
  promoted: true,
};

const metrics = readFileSync('docs/metrics.md', 'utf8');
const readme = readFileSync('README.md', 'utf8');
const sources = globSync(['src/**/*.ts', 'functions/**/*.ts']).filter((file) => file !== 'src/log.ts');
const source = sources.map((file) => readFileSync(file, 'utf8')).join('\n');

const sorted = (words: Iterable<string>) => [...new Set(words)].toSorted();
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

/** What the row of a metric says of one of its labels. */
function valuesOf(metric: string, label: string): readonly string[] {
  const row = metrics.split('\n').find((line) => line.startsWith(`| \`${metric}\``)) ?? '';
  const [, said = ''] = new RegExp(`\`${label}\`: ((?:\`[^\`]+\`(?: \\([^)]*\\))?(?:, )?)+)`).exec(row) ?? [];
  return sorted(quoted(said));
}

it('docs/metrics.md names every kind of event and of effect that is counted', () => {
  expect(valuesOf('hawser_events_total', 'kind')).toEqual(sorted(Object.keys(COUNTED)));
  expect(valuesOf('hawser_effects_total', 'kind')).toEqual(sorted(Object.keys(COSTS)));
  expect(valuesOf('hawser_effects_total', 'outcome')).toEqual(['dead', 'done', 'postponed']);
});

it('docs/metrics.md has a row for every metric', () => {
  const text = readFileSync('functions/metrics.ts', 'utf8');
  const named = [...text.matchAll(/name: 'hawser_(\w+)'|\bgauge\(\s*'(\w+)'|\bcounter\(\s*'(\w+)'/g)].map(
    ([, whole, gauge, counter]) => `hawser_${whole ?? gauge ?? `${counter}s_total`}`,
  );
  const rows = [...metrics.matchAll(/^\| `(hawser_\w+)`/gm)].map(([, name = '']) => name);

  expect(named.length).toBeGreaterThan(10);
  expect(sorted(rows)).toEqual(sorted(named));
});

it('README.md lists every message of the log', () => {
  const calls = [...source.matchAll(/(?:\blog|#complain)\(\s*(?:'([^']+)'|(?!message|error))/g)];
  const [, list = ''] = /^- \*\*Logs\*\*([\s\S]*?)(?=^- \*\*)/m.exec(readme) ?? [];
  const messages = quoted(list).filter((word) => word.includes(' '));

  expect(calls.filter(([, message]) => message === undefined).map(([call]) => call)).toEqual([]);
  expect(sorted(messages)).toEqual(sorted(calls.flatMap(([, message]) => message ?? [])));
});
