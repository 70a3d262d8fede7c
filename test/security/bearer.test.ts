/** Who is recognised by an `Authorization` header, and when a door stays closed instead. */
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../src/security/bearer.ts';
import { doorsOf } from '../../src/security/doors.ts';
import { argocdTokenName, parseSecret } from '../../src/security/secret.ts';

const MAIN = 'main-token-0123456789abcdef';
const NEXT = 'main-token-next-0123456789abcdef';
const OTHER = 'other-token-0123456789abcdef';

describe('a secret', () => {
  it.each([
    ['one token', MAIN, [MAIN]],
    ['two during a rotation', `${MAIN} ${NEXT}`, [MAIN, NEXT]],
    ['with the newline that a file ends with', `${MAIN}\n`, [MAIN]],
  ])('is usable: %s', (_, value, tokens) => {
    expect(parseSecret(value)).toEqual({ ok: true, value: tokens });
  });

  it.each([
    ['that is not set', undefined, 'missing'],
    ['that is empty', '', 'missing'],
    ['of blanks', ' \n ', 'missing'],
    ['that is a binding of another kind', {}, 'missing'],
    ['that nobody expanded', '$argocd-token', 'unexpanded'],
    ['of which one half is unexpanded', `${MAIN} $next`, 'unexpanded'],
    ['of three tokens', 'a b c', 'more than two'],
  ])('%s is not usable', (_, value, failure) => {
    expect(parseSecret(value)).toEqual({ ok: false, failure });
  });

  it.each([
    ['main', 'ARGOCD_MAIN_TOKEN'],
    ['main-eu-1', 'ARGOCD_MAIN_EU_1_TOKEN'],
  ])('of instance %s has the name %s', (instance, name) => {
    expect(argocdTokenName(instance)).toBe(name);
  });
});

describe('a caller', () => {
  const both = { ARGOCD_MAIN_TOKEN: `${MAIN} ${NEXT}`, ARGOCD_OTHER_TOKEN: OTHER };
  const known = (name: string) => ({ kind: 'known', name });
  const unauthenticated = { kind: 'unauthenticated' };
  const closed = { kind: 'closed' };

  it.each([
    ['with the first token', `Bearer ${MAIN}`, both, known('main')],
    ['with the second one', `Bearer ${NEXT}`, both, known('main')],
    ['with the scheme in small letters', `bearer ${MAIN}`, both, known('main')],
    ['of the other instance', `Bearer ${OTHER}`, both, known('other')],
    ['without a header', null, both, unauthenticated],
    ['with an empty header', '', both, unauthenticated],
    ['with the scheme alone', 'Bearer ', both, unauthenticated],
    ['with another scheme', `Basic ${MAIN}`, both, unauthenticated],
    ['with a prefix of a token', `Bearer ${MAIN.slice(0, -1)}`, both, unauthenticated],
    ['with more than a token', `Bearer ${MAIN}x`, both, unauthenticated],
    ['with the whole secret', `Bearer ${MAIN} ${NEXT}`, both, unauthenticated],
    ['with a token in other letters', `Bearer ${MAIN.toUpperCase()}`, both, unauthenticated],
    ['with the name of a secret', 'Bearer $main', { ...both, ARGOCD_MAIN_TOKEN: '$main' }, closed],
    ['of an instance whose secret is not set', `Bearer ${OTHER}`, { ARGOCD_MAIN_TOKEN: MAIN }, closed],
    ['of the instance beside it', `Bearer ${MAIN}`, { ARGOCD_MAIN_TOKEN: MAIN }, known('main')],
    ['without a header, beside one', null, { ARGOCD_MAIN_TOKEN: MAIN }, unauthenticated],
    ['without a header, where no secret is set', null, {}, closed],
    [
      'with an empty token, where a secret is empty',
      'Bearer ',
      { ARGOCD_MAIN_TOKEN: '', ARGOCD_OTHER_TOKEN: '' },
      closed,
    ],
    ['whose token two instances have', `Bearer ${MAIN}`, { ...both, ARGOCD_OTHER_TOKEN: `${OTHER} ${MAIN}` }, closed],
  ])('%s', async (_, header, env, expected) => {
    expect(await callerOf(header, doorsOf([{ name: 'main' }, { name: 'other' }], argocdTokenName, env))).toEqual(
      expected,
    );
  });

  it('is nobody where no instance is configured', async () => {
    expect(await callerOf(`Bearer ${MAIN}`, doorsOf([], argocdTokenName, both))).toEqual(unauthenticated);
  });
});
