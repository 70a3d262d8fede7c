/** The cases of the pure plan, played once more through the Worker, its storage and the emulated GitHub. */
import { reset } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { rfc3339, s1, s2, s3, s4, T0 } from '../../local/application.ts';
import { cases as deployments } from '../deployments/cases.ts';
import { headlineOf, pullOf, teller } from '../deployments/play.ts';
import { type Case, type Look, perDeployment, type Step } from '../deployments/story.ts';
import { cases as previews } from '../previews/cases.ts';
import { comment, deliver, openPull } from './hook.ts';
import { github, stage } from './stage.ts';

const REPOSITORY = 'acme/shop';
/** The story's commits, as the emulated GitHub has made them. */
const commits = new Map<string, string>();
const tags: string[] = [];
/** What only GitHub itself could make (a look that nobody is told of, a deployment of a workflow), and Argo CD's own API. */
const UNPLAYABLE = new Set<Step['kind']>([
  'runs',
  'unheard',
  'adopts',
  'removal',
  'sweep',
  'waits',
  'promoted',
  'publishes',
]);
const cases = [...deployments, ...previews].filter(
  ({ story, github }) =>
    !story.some(({ kind }) => UNPLAYABLE.has(kind)) &&
    !github.some((call) => call === 'list' || call.startsWith('read ')),
);

beforeAll(async () => {
  // The stories' pull requests are there to be written about; they are numbers 7 and 8.
  for (const branch of ['a', 'b', 'c', 'd', 'e', 'f', 'feat-x', 'other']) await openPull(REPOSITORY, branch);
  for (const sha of [s1, s2, s3, s4]) {
    commits.set(sha, await github.commit({ repository: REPOSITORY, message: `commit ${sha.charAt(0)}` }));
  }
});

afterEach(async () => {
  for (const name of tags.splice(0)) await github.as('octo')('DELETE', `/repos/${REPOSITORY}/git/refs/tags/${name}`);
  vi.useRealTimers();
  await reset();
});

describe('what Argo CD and GitHub say, and what the emulated GitHub gets to see for it', () => {
  it.each(cases.map((each) => [each.name, each] as const))('%s', async (_, told) => {
    const played = await play(told);

    expect(played.github).toEqual(perDeployment(told.github.filter((call) => !isForArgoCd(call))));
    expect(played.ignored).toEqual(told.ignored ?? {});
    expect(played.unresolved).toEqual(told.unresolved ?? []);
    expect(played.failures).toEqual(told.failures ?? []);
  });
});

function isForArgoCd(call: string): boolean {
  return /^(refresh|hold|release|ask) /.test(call);
}

async function play({ story, config, detailed }: Case) {
  const scene = await stage(REPOSITORY, config);
  await github.clear();
  const before = new Set((await github.deployments(REPOSITORY)).map(({ id }) => id));
  const shift = scene.startsAt - T0;
  const words = teller();
  const ignored: Record<number, string> = {};
  let second = 0;
  for (const [index, step] of story.entries()) {
    if (step.kind === 'tag') {
      await github.tag({ repository: REPOSITORY, name: step.name, ref: commits.get(step.sha) ?? step.sha });
      tags.push(step.name);
      continue;
    }
    second = step.at ?? second + 1;
    await scene.pass(scene.startsAt + second * 1000);
    if (step.kind === 'until') continue;
    const why = step.kind === 'says' ? await say(step) : await tell(step, index);
    if (why !== undefined) ignored[index] = why;
    await scene.drained();
  }

  const api = await (await scene.api(`/${REPOSITORY}`)).json<{
    unresolved: { application: string; mend: string }[];
    failures: { application: string; message: string }[];
  }>();
  const named = (application: string) => application.split('/').at(-1);
  return {
    github: perDeployment(await seen(before, detailed === true)),
    ignored,
    unresolved: api.unresolved.map(({ application, mend }) => `${named(application)}: ${mend}`),
    failures: api.failures.map(({ application, message }) => `${named(application)}: ${message}`),
  };

  async function say(step: Extract<Step, { kind: 'says' }>): Promise<string | undefined> {
    const { instance, app } = words(step);
    const answer = await scene.post(instance, { v: 1, instance, app: translated(app, shift) });
    const said = await answer.json<{ ignored?: string; error?: string }>();
    expect([200, 202], said.error).toContain(answer.status);
    return said.ignored;
  }

  async function tell(step: Step, index: number): Promise<string | undefined> {
    const delivery = `${scene.startsAt}-${index}`;
    const answer =
      step.kind === 'pull'
        ? await show(step.look, delivery)
        : await comment(REPOSITORY, 7, scene.startsAt + second * 1000, delivery);
    const said = await answer.json<{ ignored?: string; error?: string }>();
    expect([200, 202], said.error).toContain(answer.status);
    return said.ignored;
  }

  function show(look: Look, delivery: string): Promise<Response> {
    const pull = pullOf(look, second);
    const [sha, updatedAt] = [commits.get(look.sha) ?? look.sha, pull.updatedAt + shift];
    return deliver(REPOSITORY, { ...pull, sha, updatedAt, by: look.by }, delivery);
  }
}

/** The story's times become the stage's, and its commits those that GitHub has. */
function translated(app: unknown, shift: number): unknown {
  const text = JSON.stringify(app).replace(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"/g, (_, time: string) =>
    JSON.stringify(rfc3339((Date.parse(time) + shift - T0) / 1000)),
  );
  return JSON.parse([...commits].reduce((changed, [mine, real]) => changed.replaceAll(mine, real), text));
}

/** The calls that GitHub has seen, in the words of the cases. */
async function seen(before: ReadonlySet<number>, detailed: boolean): Promise<readonly string[]> {
  const made = (await github.deployments(REPOSITORY)).filter(({ id }) => !before.has(id)).map(({ id }) => id);
  let created = 0;
  const comments = await commentsOn([7, 8]);
  const lines = (await github.calls()).flatMap(({ method, path, body, role }) => {
    const [, resource = '', rest = ''] = /^\/repos\/acme\/shop\/(\w+)\/?(.*)$/.exec(path) ?? [];
    // Whether a label that GitHub did not find is off indeed, is looked at and changes nothing.
    if (role !== 'installation' || (method === 'GET' && rest.endsWith('/labels'))) return [];
    if (resource === 'issues' || resource === 'collaborators' || resource === 'environments') {
      return [aboutPull(resource, method, rest, body, comments)];
    }
    if (resource === 'commits') return [`tag ${decodeURIComponent(rest).replace('tags/', '')}`];
    if (method === 'GET') return [`read ${path}`];
    const said = body as Record<string, string | boolean>;
    if (rest === '') {
      const kinds = ['production', 'transient'].filter((kind) => said[`${kind}_environment`] === true);
      return [
        [`create #${++created} ${mine(String(said.ref))} ${said.environment}`, ...(detailed ? kinds : [])].join(', '),
      ];
    }
    const links = [said.log_url && `log ${said.log_url}`, said.environment_url && `at ${said.environment_url}`];
    const call = `#${made.indexOf(Number.parseInt(rest, 10)) + 1} ${said.state} ${mine(String(said.description))}`;
    return [[call, ...(detailed ? links.filter(Boolean) : [])].join(', ')];
  });
  // A tag is looked for with and without `v`: the second look belongs to the first.
  return lines
    .reduce<string[]>(
      (kept, line) =>
        isOtherSpelling(line, kept.at(-1)) ? [...kept.slice(0, -1), `${kept.at(-1)} `] : [...kept, line],
      [],
    )
    .map((line) => line.trim());
}

/** What is not about a deployment. A comment that is edited tells only its own id. */
function aboutPull(
  resource: string,
  method: string,
  rest: string,
  body: unknown,
  comments: ReadonlyMap<number, number>,
) {
  const [first = '', second = '', third = ''] = rest.split('/').map(decodeURIComponent);
  if (resource === 'collaborators') return `permission ${first}`;
  if (resource === 'environments') return `delete-environment ${first}`;
  if (second === 'labels' && third !== '') return `unlabel ${first}`;
  const { body: text } = body as { readonly body: string };
  return `comment ${method === 'POST' ? first : comments.get(Number(second))} ${mine(headlineOf(text))}`;
}

async function commentsOn(numbers: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const lists = await Promise.all(
    numbers.map(async (number) => {
      const path = `/repos/${REPOSITORY}/issues/${number}/comments?per_page=100`;
      const { body } = await github.as('octo')('GET', path);
      return (body as readonly { readonly id: number }[]).map(({ id }) => [id, number] as const);
    }),
  );
  return new Map(lists.flat());
}

function isOtherSpelling(line: string, before: string | undefined): boolean {
  return (
    line.startsWith('tag ') && (line.replace('tag v', 'tag ') === before || line === before?.replace('tag v', 'tag '))
  );
}

function mine(text: string): string {
  return [...commits].reduce(
    (changed, [own, real]) =>
      changed.replaceAll(real, `s${own.charAt(0)}`).replaceAll(real.slice(0, 7), own.slice(0, 7)),
    text,
  );
}
