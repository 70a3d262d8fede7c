/** Of all lanes: which effects can be done now, which are brought forward when GitHub answers again, what is told of them. */
import { describe, expect, it } from 'vitest';
import { Instant } from '../../src/words/instant.ts';
import { after, begun, creation, dead, fresh, HOUR, NOW, owed, production, SECOND, waiting } from './lanes.ts';

const FOREIGN = '{"kind":"of a later version"}';

describe('what can be done now', () => {
  it('is what is due, one a lane, the most urgent first and then the oldest', () => {
    const { outbox } = fresh();
    outbox.owe(production('old', 3), NOW);
    outbox.owe(production('urgent', 0), NOW);
    outbox.owe(production('young', 3), NOW);
    outbox.owe({ ...production('later', 0), notBefore: after(SECOND) }, NOW);
    outbox.bury(begun(outbox, production('dead', 0)).id, { code: 'refused', message: '' });

    expect(outbox.ready(NOW, 9).map(({ lane }) => lane)).toEqual(['urgent', 'old', 'young']);
    expect(outbox.ready(NOW, 2).map(({ lane }) => lane)).toEqual(['urgent', 'old']);
    expect(outbox.ready(after(SECOND), 9).map(({ lane }) => lane)).toEqual(['urgent', 'later', 'old', 'young']);
  });

  it('is as much as was asked for beside the calls that are under way already', () => {
    const { outbox } = fresh();
    for (const lane of ['a', 'b', 'c', 'd', 'e', 'f']) outbox.owe(production(lane, 3), NOW);
    for (const { id } of outbox.ready(NOW, 2)) outbox.begin(id, NOW);

    expect(outbox.ready(NOW, 1).map(({ lane }) => lane)).toEqual(['c']);
    expect(outbox.ready(after(HOUR), 3).map(({ lane }) => lane)).toEqual(['c', 'd', 'e']);
  });

  it('is what has come in, told by its most urgent class until it is asked for', () => {
    const { outbox } = fresh();
    expect(outbox.newest).toBeUndefined();
    outbox.owe(production('a', 2), NOW);
    outbox.owe(production('b', 1), NOW);
    outbox.owe(production('c', 3), NOW);
    expect(outbox.newest).toBe(1);

    outbox.ready(NOW, 9);

    expect(outbox.newest).toBeUndefined();
  });

  it('is not what is put off, and that alone', () => {
    const { outbox } = fresh();
    outbox.owe(production('a', 3), NOW);
    outbox.owe(production('b', 3), NOW);
    const [row] = outbox.ready(NOW, 1);
    outbox.delay(row?.id ?? 0, after(SECOND));

    expect(outbox.ready(NOW, 9).map(({ lane }) => lane)).toEqual(['b']);
    expect(waiting(outbox)).toEqual([
      ['create a', 1],
      ['create b', 0],
    ]);
  });
});

describe('the next alarm', () => {
  it('is for what is due first, of what does not wait behind another of its lane', () => {
    const { outbox } = fresh();
    expect(outbox.nextDue()).toBeUndefined();
    begun(outbox, owed('', { effect: creation('shop') }));
    outbox.owe(owed('healthy'), NOW);
    expect(outbox.nextDue()).toBe(after(20 * SECOND));

    outbox.owe({ ...production('web', 3), notBefore: after(7 * SECOND) }, NOW);
    expect(outbox.nextDue()).toBe(after(7 * SECOND));
  });
});

describe('what an operator is told', () => {
  it('is since when the oldest is owed, and how many were given up', () => {
    const { outbox } = fresh();
    expect(outbox.standing()).toEqual({ oldestOwedAt: null, dead: 0 });
    outbox.bury(begun(outbox, production('dead', 3)).id, { code: 'refused', message: '' });
    outbox.owe(production('a', 3), after(SECOND));
    outbox.owe(production('b', 0), after(2 * SECOND));

    expect(outbox.standing()).toEqual({ oldestOwedAt: after(SECOND), dead: 1 });
  });

  it('is each effect with the reason why it waits, the oldest first and no more than were asked for', () => {
    const { outbox } = fresh();
    outbox.owe(production('a', 3), NOW);
    outbox.owe(production('b', 3), after(SECOND));
    outbox.note(outbox.ready(after(SECOND), 9)[1]?.id ?? 0, { code: 'budget', message: 'wait' });

    expect(outbox.view(false, 9)).toEqual([
      { id: 1, lane: 'a', effect: creation('a'), attempts: 0, owedAt: NOW, dueAt: NOW, reason: null },
      {
        id: 2,
        lane: 'b',
        effect: creation('b'),
        attempts: 0,
        owedAt: after(SECOND),
        dueAt: after(SECOND),
        reason: { code: 'budget', message: 'wait' },
      },
    ]);
    expect(outbox.view(false, 1)).toHaveLength(1);
    expect(outbox.view(true, 9)).toEqual([]);
  });
});

describe('an effect of a kind that this version does not know', () => {
  it('becomes a dead letter that says what to do, and holds up nothing of its lane', () => {
    const { outbox, sql } = fresh();
    outbox.owe(production('shop', 3), NOW);
    outbox.owe(production('web', 3), NOW);
    sql.exec(`UPDATE effects SET effect = ? WHERE lane = 'shop'`, FOREIGN);

    expect(outbox.ready(NOW, 9).map(({ lane }) => lane)).toEqual(['web']);

    expect(dead(outbox)).toEqual(['something: not-understood']);
    expect(outbox.view(true, 1)[0]).toMatchObject({ lane: 'shop', effect: null });
    expect(outbox.view(true, 1)[0]?.reason?.message).toMatch(/deploy that version, then replay it/);
    expect(outbox.exhume(1)).toEqual({ lane: 'shop', begun: false });
  });

  it('keeps the reason that it was given up for', () => {
    const { outbox, sql } = fresh();
    outbox.bury(begun(outbox, production('shop', 3)).id, { code: 'refused', message: '' });
    sql.exec('UPDATE effects SET effect = ?', FOREIGN);
    outbox.owe(owed('', { effect: undefined }), NOW);

    expect(dead(outbox)).toEqual(['something: refused']);
  });
});

describe('when GitHub answers again', () => {
  it('brings forward what had no answer, and nothing that GitHub refused or named a time for', () => {
    const { outbox } = fresh();
    failing(outbox, 'silent', { code: 'unreachable', named: false });
    failing(outbox, 'refused', { code: 'forbidden', named: false });
    failing(outbox, 'told to wait', { code: 'unavailable', named: true });

    outbox.hasten(NOW, 10);

    expect(waiting(outbox)).toEqual([
      ['create silent?', 10],
      ['create refused?', 3600],
      ['create told to wait?', 3600],
    ]);
    expect(outbox.view(false, 1)[0]?.reason).toEqual({ code: 'unreachable', message: 'why' });
  });

  it('brings forward one alone, the most urgent, where it is only to be seen whether there is an answer', () => {
    const { outbox } = fresh();
    failing(outbox, 'sandbox', { code: 'unavailable', named: false });
    failing(outbox, 'production', { code: 'unavailable', named: false }, 0);

    outbox.hasten(NOW, 1);

    expect(waiting(outbox)).toEqual([
      ['create sandbox?', 3600],
      ['create production?', 10],
    ]);
  });

  it('puts nothing off that is due sooner', () => {
    const { outbox } = fresh();
    failing(outbox, 'silent', { code: 'unreachable', named: false });

    outbox.hasten(after(HOUR - 5 * SECOND), 10);

    expect(waiting(outbox)).toEqual([['create silent?', 3600]]);
  });
});

function failing(
  outbox: ReturnType<typeof fresh>['outbox'],
  lane: string,
  { code, named }: { readonly code: string; readonly named: boolean },
  urgency: 0 | 3 = 3,
): void {
  const { id } = begun(outbox, production(lane, urgency));
  const reason = { code, message: 'why' };
  outbox.postpone(id, Instant.parse(NOW + HOUR), { certain: false, named, reason });
}
