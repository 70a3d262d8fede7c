/** What the comment of a pull request says, word for word: what others have written stands in it as code, and in sight. */
import { describe, expect, it } from 'vitest';
import { s1, T0, type Word } from '../../local/application.ts';
import { Config } from '../../schemas/config.ts';
import type { Owed } from '../../schemas/effect.ts';
import type { Event } from '../../schemas/event.ts';
import { type Known, nothingKnown } from '../../schemas/known.ts';
import { plan } from '../../src/plan.ts';
import { Instant } from '../../src/words/instant.ts';
import { Repository } from '../../src/words/repository.ts';
import { pullOf, teller } from '../deployments/play.ts';
import type { Look } from '../deployments/story.ts';

const HOUR = 3600;

/** One pull request's story, told event by event; `texts` are the comments that were owed for it. */
function story(previews: object = {}) {
  let known: Known = nothingKnown(Config.parse({ previews }), Repository.parse('acme/shop'));
  const texts: string[] = [];
  const tell = teller();

  function enter(event: Event, second: number): void {
    const planned = plan(event, known, Instant.parse(T0 + second * 1000));
    if ('ignored' in planned) throw new Error(planned.ignored);
    known = planned.known;
    for (const body of planned.effects.flatMap(bodyOf)) {
      texts.push(body);
      enter({ kind: 'performed', learned: { kind: 'comment', number: 7, id: 1, body } }, second);
    }
  }

  return {
    texts,
    shows: (look: Partial<Look>, second: number): void => {
      const pull = pullOf({ sha: s1, ...look }, second);
      enter({ kind: 'pull-request', id: `${second}`, pull, labelled: undefined }, second);
    },
    comments: (second: number): void => {
      enter({ kind: 'comment', id: `${second}`, number: 7, at: Instant.parse(T0 + second * 1000) }, second);
    },
    says: (name: string, word: Word, second: number): void => {
      const told = { environment: 'preview', pr: 7, sha: s1, ...word };
      const { instance, app } = tell({ kind: 'says', app: name, word: told, at: second });
      enter({ kind: 'notification', id: `${name} ${second}`, instance, app }, second);
    },
  };
}

function bodyOf({ effect, done }: Owed): string[] {
  return effect?.kind === 'write-comment' && done !== true ? [effect.body] : [];
}

const last = (texts: readonly string[]) => texts.at(-1) ?? '';

it.each([
  ['main', '\n\nThe shared environment has the name `main`, so this one answers to `pr-7-shop`.\n\n'],
  ['feat-x', '`\n\n'],
])('of a branch %s it says why the preview is not called so', (branch, says) => {
  const { texts, shows } = story({ url: 'https://{slug}.example-preview.dev' });

  shows({ branch }, 0);

  expect(last(texts).includes('answers to')).toBe(branch === 'main');
  expect(last(texts)).toContain(says);
});

describe('the day on which a preview expires', () => {
  it('is told anew when a person’s comment has moved it by more than a day, and not for less', () => {
    const { texts, shows, comments } = story();
    shows({}, 0);
    comments(23 * HOUR);
    expect(texts).toHaveLength(1);
    expect(last(texts)).toContain('It counts as stale on 2026-11-05 09:00 UTC');

    comments(30 * HOUR);
    comments(50 * HOUR);

    expect(texts).toHaveLength(2);
    expect(last(texts)).toContain('It counts as stale on 2026-11-06 15:00 UTC');
  });
});

describe('the end of a preview', () => {
  it.each([
    ['merged', { merged: true }, 'the pull request was merged'],
    ['closed', { open: false }, 'the pull request was closed'],
  ] as const)('is no removal where a fork was refused and %s: there is none', (_, look, why) => {
    const { texts, shows } = story();
    shows({ fork: true }, 0);
    shows({ fork: true, ...look }, 20);

    expect(last(texts)).toContain(`⚪ **There is no preview**: ${why}.`);
    expect(texts.join()).not.toContain('removed');
  });

  it('quotes the configured label', () => {
    const label = 'on *@acme/all*';
    const { texts, shows } = story({ label });
    shows({ labels: [label] }, 0);
    shows({ labels: [] }, 20);

    expect(last(texts)).toContain('removed**: the label `on *@acme/all*` was taken off.');
  });
});

describe('what others have written', () => {
  it.each([
    ['turns its direction', 'a\u202Egnp.exe\u202C b\u2066c\u2069 \u200Ed\u200Fe\u061C', 'agnp.exe bc de'],
    ['hides in it', 'pay\u200Bpal \uFEFFx\u2060y\u00ADz', 'paypal xyz'],
    ['breaks it', 'one\r\ntwo\u2028three', 'one two three'],
    ['ends its fence', 'a ``b` c', '``` a ``b` c ```'],
  ])('shows all that it is made of where something %s', (_, message, shown) => {
    const { texts, shows, says } = story();
    shows({}, 0);
    says('shop-7', { op: 5, phase: 'Failed', message }, 10);

    expect(last(texts)).toContain(`| failed: ${shown.startsWith('`') ? shown : `\`${shown}\``} |`);
  });

  it('ends no cell of the table, and is shown as it is outside of one', () => {
    const { texts, shows, says } = story({ label: 'a|b' });
    shows({ labels: ['a|b'] }, 0);
    says('shop-7', { op: 5, phase: 'Failed', message: 'x | y' }, 10);

    expect(last(texts)).toContain('failed: `x \\| y` |');
    expect(last(texts)).toContain('Take the label `a|b` off');
  });
});
