import { expect, it } from 'vitest';
import { tellGoTests } from '../../cli/tell-go-tests.ts';

it("a test's name is told as a sentence, and a test that consists of others counts as those", async () => {
  expect(
    await told([
      said('TestAWrongNameIsTheGETThatHawserExplains', '=== RUN   TestAWrongNameIsTheGETThatHawserExplains\n'),
      ended('pass', 'TestAWrongNameIsTheGETThatHawserExplains'),
      ended('pass', 'TestArgoCDsOwnApplications/controller/appcontroller_test.go:_my-app'),
      ended('pass', 'TestArgoCDsOwnApplications/a_second_one', 2.04),
      ended('pass', 'TestArgoCDsOwnApplications', 2.1),
      ended('pass'),
    ]),
  ).toEqual([
    'ok   a wrong name is the GET that Hawser explains',
    "ok   Argo CD's own applications (2.1 s)",
    '  ok   controller/appcontroller_test.go: my-app',
    '  ok   a second one (2.0 s)',
    { passed: 3, failed: 0 },
  ]);
});

it('a part that consists of others counts as those, and fails by itself where none of them does', async () => {
  expect(
    await told([
      ended('pass', 'TestA/part/first'),
      ended('fail', 'TestA/part/second'),
      ended('fail', 'TestA/part'),
      ended('pass', 'TestA/other/third'),
      said('TestA/other', '    a_test.go:3: at its end\n'),
      ended('fail', 'TestA/other'),
      ended('fail', 'TestA'),
      ended('fail'),
    ]),
  ).toEqual([
    'FAIL a',
    '  ok   part/first',
    '  FAIL part/second',
    '  ok   other/third',
    '  FAIL other',
    '           a_test.go:3: at its end',
    { passed: 2, failed: 2 },
  ]);
});

it('a failure is told with what the test said, and nothing else is', async () => {
  expect(
    await told([
      said('TestQuiet', '    a_test.go:1: a detail\n'),
      ended('pass', 'TestQuiet'),
      said('TestLoud/part', '    a_test.go:2: expected 202\n'),
      said('TestLoud/part', '    --- FAIL: TestLoud/part (0.00s)\n'),
      ended('fail', 'TestLoud/part'),
      ended('fail', 'TestLoud'),
      ended('fail'),
    ]),
  ).toEqual([
    'ok   quiet',
    'FAIL loud',
    '  FAIL part',
    '           a_test.go:2: expected 202',
    { passed: 1, failed: 1 },
  ]);
});

it.each([
  ['a test that was skipped', [ended('skip', 'TestA'), ended('pass')], { passed: 0, failed: 1 }],
  [
    'a test that fails after all of its parts passed',
    [ended('pass', 'TestA/b'), ended('fail', 'TestA'), ended('fail')],
    { passed: 1, failed: 1 },
  ],
  ['tests that cannot be built', ['not even JSON', ended('fail')], { passed: 0, failed: 1 }],
  ['a run that ends before its tests do', [ended('pass', 'TestA'), ended('fail')], { passed: 1, failed: 1 }],
])('%s is a failure', async (_, lines, counts) => {
  expect((await told(lines)).at(-1)).toEqual(counts);
});

async function told(lines: readonly string[]): Promise<readonly unknown[]> {
  const printed: unknown[] = [];
  const counts = await tellGoTests(
    (async function* () {
      yield* lines;
    })(),
    (line) => printed.push(line),
  );
  return [...printed, counts];
}

function said(test: string, output: string): string {
  return JSON.stringify({ Action: 'output', Test: test, Output: output });
}

function ended(action: 'pass' | 'fail' | 'skip', test?: string, seconds = 0): string {
  return JSON.stringify({ Action: action, ...(test === undefined ? {} : { Test: test }), Elapsed: seconds });
}
