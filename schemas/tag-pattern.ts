/** A regular expression over tags. It comes from a repository, and so does the tag: it must come to an end. */
import * as z from 'zod';
import { matcherOf } from '../src/words/pattern.ts';

export const TagPattern = z
  .string()
  .min(1)
  .max(200)
  .refine((pattern) => matcherOf(pattern) !== undefined, {
    error: 'is no regular expression that Hawser knows: look-around, \\1, \\b and lazy repeats are none',
  });
