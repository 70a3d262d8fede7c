/** What a lane owes from one moment to the next: what takes whose place, what is looked for first, and when it is due. */
import { describe, expect, it } from 'vitest';
import { after, begun, creation, DAY, dead, fresh, HOUR, NOW, owed, SECOND, waiting } from './lanes.ts';

const WHY = { code: 'refused', message: 'why' };
const uncertain = { certain: false, named: false, reason: WHY };
const certain = { certain: true, named: false, reason: WHY };

describe('what has not begun', () => {
  it('gives its place to what is newer', () => {
    const { outbox } = fresh();
    outbox.owe(owed('rolling out'), NOW);
    outbox.owe(owed('healthy'), NOW);

    expect(waiting(outbox)).toEqual([['healthy', 0]]);
  });

  it('is owed no longer where the lane owes nothing any more, and other lanes owe what they owed', () => {
    const { outbox } = fresh();
    outbox.owe(owed('rolling out'), NOW);
    outbox.owe(owed('other', { lane: 'web' }), NOW);
    outbox.owe(owed('', { effect: undefined }), NOW);

    expect([outbox.owes('shop'), outbox.owes('web')]).toEqual([false, true]);
    expect(waiting(outbox)).toEqual([['other', 0]]);
  });

  it('is owed once, as urgently as it was last, and since it was first', () => {
    const { outbox } = fresh();
    outbox.owe(owed('rolling out', { class: 0 }), NOW);
    outbox.owe(owed('rolling out', { class: 3 }), after(HOUR));

    expect(outbox.ready(after(HOUR), 9)).toMatchObject([{ class: 3, owedAt: NOW, dueAt: NOW, begun: false }]);
  });

  it('is not owed at all where it is done already', () => {
    const { outbox } = fresh();
    outbox.owe(owed('rolling out'), NOW);
    outbox.owe(owed('healthy', { done: true }), NOW);

    expect(waiting(outbox)).toEqual([]);
    expect(outbox.newest).toBe(2);
  });

  it('waits for the moment that it is owed for', () => {
    const { outbox } = fresh();
    outbox.owe(owed('comment', { notBefore: after(8 * SECOND) }), NOW);

    expect(waiting(outbox)).toEqual([['comment', 8]]);
  });
});

describe('what an instance that is gone began', () => {
  it('gives its place to what is newer, which looks first, and not before that call has ended', () => {
    const { outbox, again } = fresh();
    begun(outbox, owed('rolling out'));
    const next = again();
    next.owe(owed('healthy'), after(SECOND));

    expect(waiting(next)).toEqual([['healthy?', 20]]);
  });

  it('holds up nothing that is owed long after it', () => {
    const { outbox, again } = fresh();
    begun(outbox, owed('rolling out'));
    const next = again();
    next.owe(owed('healthy'), after(HOUR));

    expect(waiting(next)).toEqual([['healthy?', 3600 + 10]]);
  });

  it('holds nothing up for as long as its own backoff', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.postpone(id, after(HOUR), uncertain);
    outbox.owe(owed('healthy'), after(SECOND));

    expect(waiting(outbox)).toEqual([['healthy?', 21]]);
  });

  it('is waited for no longer than what is owed is to wait anyway', () => {
    const { outbox, again } = fresh();
    begun(outbox, owed('rolling out'));
    const next = again();
    next.owe(owed('healthy', { notBefore: after(60 * SECOND) }), NOW);

    expect(waiting(next)).toEqual([['healthy?', 60]]);
  });

  it('is done once more, and looked for, where what it may have overwritten is wanted still', () => {
    const { outbox, again } = fresh();
    begun(outbox, owed('rolling out'));
    const next = again();
    next.owe(owed('healthy', { done: true }), NOW);

    expect(waiting(next)).toEqual([['healthy?', 20]]);
  });

  it('is seen to its end first where it creates a deployment', () => {
    const { outbox, again } = fresh();
    begun(outbox, owed('', { effect: creation('shop') }));
    const next = again();
    next.owe(owed('healthy'), after(SECOND));

    expect(waiting(next)).toEqual([
      ['create shop?', 20],
      ['healthy', 1],
    ]);
    expect(next.ready(after(10 * SECOND), 9)).toEqual([]);
    expect(next.ready(after(20 * SECOND), 9)).toHaveLength(1);
  });

  it('is what the lane owes where it is wanted once more, at the time that it was due', () => {
    const { outbox, again } = fresh();
    begun(outbox, owed('rolling out'));
    const next = again();
    next.owe(owed('rolling out', { class: 0 }), after(SECOND));

    expect(waiting(next)).toEqual([['rolling out?', 20]]);
    expect(next.newest).toBe(0);
  });

  it('is gone once what waited behind it is wanted again, which then looks first', () => {
    const { outbox, again } = fresh();
    begun(outbox, owed('rolling out'));
    outbox.owe(owed('healthy'), after(SECOND));
    const next = again();
    next.owe(owed('healthy'), after(2 * SECOND));

    expect(waiting(next)).toEqual([['healthy?', 20]]);
  });

  it('is gone where the lane owes nothing any more', () => {
    const { outbox, again } = fresh();
    begun(outbox, owed('rolling out'));
    const next = again();
    next.owe(owed('', { effect: undefined }), NOW);

    expect(waiting(next)).toEqual([]);
    expect(next.newest).toBeUndefined();
  });
});

describe('a call under way', () => {
  it('is let come to its end, and what is newer waits behind it', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.owe(owed('healthy'), after(SECOND));

    expect(outbox.ready(after(HOUR), 9)).toEqual([]);
    outbox.done(id);
    expect(waiting(outbox)).toEqual([['healthy', 1]]);
    expect(outbox.ready(after(HOUR), 9)).toHaveLength(1);
  });

  it('is followed by what was done before it, which it has overwritten', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.owe(owed('healthy', { done: true }), after(SECOND));
    outbox.done(id);

    expect(waiting(outbox)).toEqual([['healthy?', 1]]);
  });

  it('is replaced by what waits behind it where it ends uncertain, and that one looks first, in its time', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.owe(owed('healthy'), after(SECOND));
    outbox.postpone(id, after(30 * SECOND), uncertain);

    expect(waiting(outbox)).toEqual([['healthy?', 30]]);
  });

  it('does not bring forward what waits behind it for longer', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.owe(owed('healthy', { notBefore: after(60 * SECOND) }), after(SECOND));
    outbox.postpone(id, after(30 * SECOND), uncertain);

    expect(waiting(outbox)).toEqual([['healthy?', 60]]);
  });

  it('is replaced by what waits behind it where GitHub surely did not act, and nobody need look', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.owe(owed('healthy'), after(SECOND));
    outbox.postpone(id, after(30 * SECOND), certain);

    expect(waiting(outbox)).toEqual([['healthy', 1]]);
  });

  it('is no dead letter where something newer of its lane waits', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.owe(owed('healthy'), after(SECOND));
    outbox.bury(id, WHY);

    expect(dead(outbox)).toEqual([]);
    expect(waiting(outbox)).toEqual([['healthy', 1]]);
  });

  it('stays first in its lane where it creates a deployment, however it ends', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('', { effect: creation('shop') }));
    outbox.owe(owed('healthy'), after(SECOND));
    outbox.postpone(id, after(30 * SECOND), uncertain);

    expect(waiting(outbox)).toEqual([
      ['create shop?', 30],
      ['healthy', 1],
    ]);
  });

  it('looks first when it is tried again, unless GitHub surely did not act', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.postpone(id, after(5 * SECOND), uncertain);
    expect(waiting(outbox)).toEqual([['rolling out?', 5]]);

    outbox.begin(id, after(5 * SECOND));
    outbox.postpone(id, after(9 * SECOND), certain);
    expect(waiting(outbox)).toEqual([['rolling out', 9]]);
  });

  it('counts its attempts, and since when it was tried', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.postpone(id, after(5 * SECOND), certain);
    outbox.begin(id, after(5 * SECOND));

    expect(outbox.find(id)).toMatchObject({ attempts: 2, triedAt: NOW, dueAt: after(25 * SECOND) });
  });
});

describe('a dead letter', () => {
  it('is not sent again by being wanted again', () => {
    const { outbox } = fresh();
    outbox.bury(begun(outbox, owed('rolling out')).id, WHY);
    outbox.owe(owed('rolling out'), after(SECOND));

    expect([waiting(outbox), dead(outbox)]).toEqual([[], ['rolling out: refused']]);
  });

  it('gives way to what is newer of its lane alone, which looks first since it may have been done', () => {
    const { outbox } = fresh();
    outbox.bury(begun(outbox, owed('rolling out')).id, WHY);
    outbox.bury(begun(outbox, owed('other', { lane: 'web' })).id, WHY);
    outbox.owe(owed('healthy'), after(SECOND));

    expect([waiting(outbox), dead(outbox)]).toEqual([[['healthy?', 1]], ['other: refused']]);
  });

  it('is followed by what was done before it, which it may have overwritten', () => {
    const { outbox } = fresh();
    outbox.bury(begun(outbox, owed('rolling out')).id, WHY);
    outbox.owe(owed('healthy', { done: true }), after(SECOND));

    expect([waiting(outbox), dead(outbox)]).toEqual([[['healthy?', 1]], []]);
  });

  it('is followed by nothing that was done before it where nothing of it ever left', () => {
    const { outbox, sql } = fresh();
    outbox.owe(owed('rolling out'), NOW);
    sql.exec('UPDATE effects SET dead = 1');
    outbox.owe(owed('healthy', { done: true }), after(SECOND));

    expect(waiting(outbox)).toEqual([]);
  });

  it('need not be looked for where nothing of it ever left', () => {
    const { outbox, sql } = fresh();
    outbox.owe(owed('rolling out'), NOW);
    sql.exec('UPDATE effects SET dead = 1');
    outbox.owe(owed('healthy'), after(SECOND));

    expect(waiting(outbox)).toEqual([['healthy', 1]]);
  });

  it('is taken out once, by its own id, and tells its lane and whether its call may have been done', () => {
    const { outbox, sql } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.bury(id, WHY);
    outbox.owe(owed('other', { lane: 'web' }), NOW);
    sql.exec(`UPDATE effects SET dead = 1 WHERE lane = 'web'`);

    expect(outbox.exhume(id)).toEqual({ lane: 'shop', begun: true });
    expect(outbox.exhume(id)).toBeUndefined();
    expect(outbox.exhume(id + 1)).toEqual({ lane: 'web', begun: false });
  });

  it('is not what is owed: nothing is taken out that still waits', () => {
    const { outbox } = fresh();
    outbox.owe(owed('rolling out'), NOW);
    const [row] = outbox.ready(NOW, 1);

    expect(outbox.exhume(row?.id ?? 0)).toBeUndefined();
    expect(waiting(outbox)).toEqual([['rolling out', 0]]);
  });

  it('is neither found nor ready nor due, and is counted apart', () => {
    const { outbox } = fresh();
    const { id } = begun(outbox, owed('rolling out'));
    outbox.bury(id, WHY);

    expect([outbox.find(id), outbox.owes('shop'), outbox.ready(after(HOUR), 9), outbox.nextDue()]).toEqual([
      undefined,
      false,
      [],
      undefined,
    ]);
    expect(outbox.standing()).toEqual({ oldestOwedAt: null, dead: 1 });
    expect(outbox.view(true, 9)).toMatchObject([{ dueAt: null, attempts: 1, reason: WHY }]);
  });

  it('is forgotten after ninety days, and nothing else is', () => {
    const { outbox } = fresh();
    outbox.bury(begun(outbox, owed('rolling out')).id, WHY);
    outbox.owe(owed('waiting', { lane: 'web' }), NOW);

    outbox.forget(after(90 * DAY));
    expect(dead(outbox)).toHaveLength(1);

    outbox.forget(after(90 * DAY + 21 * SECOND));
    expect([dead(outbox), waiting(outbox)]).toEqual([[], [['waiting', 0]]]);
  });
});

it('looks first for what it owes of a lane whose dead letter is sent again, and for nothing else', () => {
  const { outbox } = fresh();
  outbox.bury(begun(outbox, owed('dead', { lane: 'api' })).id, WHY);
  outbox.owe(owed('rolling out'), NOW);
  outbox.owe(owed('other', { lane: 'web' }), NOW);

  outbox.lookFirst('shop');

  expect(waiting(outbox)).toEqual([
    ['rolling out?', 0],
    ['other', 0],
  ]);
});
