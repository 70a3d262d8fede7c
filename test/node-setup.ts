/** After each file of the tests in Node: what it exchanged with GitHub was as GitHub describes it. */
import { afterAll } from 'vitest';
import { requireNoComplaints } from './openapi/complaints.ts';

afterAll(requireNoComplaints);
