/** Puts a call that Hawser made into the demo's words: what it writes, and how it ended. */
import * as z from 'zod';
import type { GitHubCall } from './github/start-github.ts';

const Created = z.object({ ref: z.string(), environment: z.string() });
const Written = z.object({ state: z.string(), description: z.string() });
const Comment = z.object({ body: z.string() });
const Pull = z.object({ title: z.string() });
const Check = z.object({ output: z.object({ title: z.string() }), conclusion: z.string().optional() });

type Told = { readonly what: string; readonly result: string };

/** Undefined: it writes nothing that the demo tells of. `numberOf` counts the repository's deployments from 1. */
export function inWords(call: GitHubCall, numberOf: (deployment: number) => number): Told | undefined {
  const told = whatIsWritten(call, numberOf);
  return told === undefined || call.status < 300 ? told : { ...told, result: `${told.result} refused: ${call.status}` };
}

function whatIsWritten({ method, path, body }: GitHubCall, numberOf: (id: number) => number): Told | undefined {
  const [, merged] = /\/pulls\/(\d+)\/merge$/.exec(path) ?? [];
  if (merged !== undefined) return { what: `promotion #${merged}`, result: 'merged' };
  if (method !== 'POST' && method !== 'PATCH') return undefined;
  if (path.endsWith('/deployments')) {
    const { ref, environment } = Created.parse(body);
    return { what: `deployment of ${ref.slice(0, 7)} to ${environment}`, result: 'created' };
  }
  const [, id] = /\/deployments\/(\d+)\/statuses$/.exec(path) ?? [];
  if (id !== undefined) {
    const { state, description } = Written.parse(body);
    return { what: `deployment #${numberOf(Number(id))}: ${description}`, result: state };
  }
  if (path.endsWith('/pulls')) return { what: Pull.parse(body).title, result: 'opened' };
  if (path.includes('/check-runs')) {
    const { output, conclusion } = Check.parse(body);
    return { what: `check: ${output.title}`, result: conclusion ?? 'waits' };
  }
  if (!/\/issues\/.*comments/.test(path)) return undefined;
  return { what: `comment: ${headlineOf(Comment.parse(body).body)}`, result: method === 'POST' ? 'written' : 'edited' };
}

/** A comment's first line after its marker, without Markdown. */
function headlineOf(body: string): string {
  return (body.split('\n\n')[1] ?? '').replaceAll('**', '').replace(/\[(.*?)\]\(.*?\)/, '$1');
}
