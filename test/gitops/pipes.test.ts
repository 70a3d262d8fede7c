/** GitHub's default shell takes the last command of a pipe for all of it: a build that fails would be a green check. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { fileOf } from '../../cli/judged-set.ts';

const Step = z.object({ run: z.string().optional(), shell: z.string().optional() });
const Workflow = z.object({ jobs: z.record(z.string(), z.object({ steps: z.array(Step).default([]) })) });
const root = join(fileOf('.github/README.md'), '../..');
const workflows = globSync('{*,.*}/.github/workflows/*.yaml', { cwd: root });

const PIPE = /\s\|\s/;

it('there are workflows to be looked at', () => {
  expect(workflows.length).toBeGreaterThan(5);
});

it.each(workflows)('%s: a step with a pipe names bash, which then fails with each of its commands', (path) => {
  const { jobs } = Workflow.parse(parse(readFileSync(join(root, path), 'utf8')));
  const steps = Object.values(jobs).flatMap(({ steps }) => steps);

  expect(steps.filter(({ run, shell }) => run !== undefined && PIPE.test(run) && shell !== 'bash')).toEqual([]);
});
