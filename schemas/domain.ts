/** The names that hosts are made of, as people write them into configurations: labels, applications and domains. */
import * as z from 'zod';
import { isLabel, LONGEST_APP, LONGEST_LABEL } from '../src/words/label.ts';

// What stands before a domain is at most one label and its dot; a host has 253 characters.
const LONGEST_DOMAIN = 253 - LONGEST_LABEL - '.'.length;

export const Label = z.string().refine(isLabel, {
  error: 'is no RFC 1123 label (1 to 63 lower-case letters, digits and dashes, no dash at either end)',
  abort: true,
});

/** One that may stand after a slug in a preview's host, SLUG--APP. */
export const AppLabel = Label.max(LONGEST_APP, {
  error: `is longer than ${LONGEST_APP} characters: with a slug of 50 and two dashes before it, a preview's host would be no DNS label (63)`,
}).refine((name) => !name.includes('--'), {
  error: "has two dashes in a row, which part slug and application in a preview's host",
});

export const Domain = z
  .string()
  .max(LONGEST_DOMAIN, { error: `is longer than ${LONGEST_DOMAIN} characters: no room is left for a label before it` })
  .refine((name) => name.split('.').every(isLabel), {
    error: 'is no domain: RFC 1123 labels (lower-case letters, digits and dashes) with dots between them',
    abort: true,
  })
  .refine((name) => name.includes('.') && !/\.\d+$/.test(name), {
    error: 'is no domain: it wants a name like acme.com',
  });
