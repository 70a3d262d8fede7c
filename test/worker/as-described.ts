/** After each file of the tests in workerd: what the Worker exchanged with GitHub was as GitHub describes it. */
import { afterAll, inject } from 'vitest';
import { control } from '../../local/github/control.ts';
import { refuse } from '../openapi/complaints.ts';

afterAll(async () => refuse(await control(inject('githubUrl')).complaints()));
