/** Whoever sits at the terminal, and can be asked. */
import type { Readable, Writable } from 'node:stream';
import { confirm, isCancel, multiselect, text } from '@clack/prompts';
import { Refused } from './refused.ts';

export type Person = {
  readonly name: (asks: string, like: string, wrong: (given: string) => string | undefined) => Promise<string>;
  readonly pick: (asks: string, from: readonly string[]) => Promise<readonly string[]>;
  readonly agrees: (asks: string) => Promise<boolean>;
};

export function personAt(input: Readable, output: Writable): Person {
  const at = { input, output };
  return {
    async name(asks, like, wrong) {
      const given = await text({ ...at, message: asks, placeholder: like, validate: (value = '') => wrong(value) });
      return isCancel(given) ? givenUp() : given;
    },
    async pick(asks, from) {
      const options = from.map((value) => ({ value }));
      const picked = await multiselect({ ...at, message: asks, options, initialValues: [...from], required: true });
      return isCancel(picked) ? givenUp() : picked;
    },
    async agrees(asks) {
      const agreed = await confirm({ ...at, message: asks });
      return isCancel(agreed) ? givenUp() : agreed;
    },
  };
}

function givenUp(): never {
  throw new Refused('given up; nothing was written');
}
