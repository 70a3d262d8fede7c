/** Each file of the tests in workerd begins with nothing stored and GitHub as its seed says; what the two exchanged was as GitHub describes it. */
import { reset } from 'cloudflare:test';
import { afterAll, beforeAll, inject } from 'vitest';
import { control } from '../../local/github/control.ts';
import { refuse } from '../openapi/complaints.ts';

const github = control(inject('githubUrl'));

beforeAll(async () => {
  await reset();
  await github.reset();
});

afterAll(async () => refuse(await github.complaints()));
