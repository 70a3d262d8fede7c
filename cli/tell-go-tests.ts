/** Tells what `go test -json` writes as a story: each test's name as a sentence, with ok or FAIL, and why it failed. */
import * as z from 'zod';

const Line = z.object({
  Action: z.string(),
  Test: z.string().optional(),
  Output: z.string().optional(),
  Elapsed: z.number().optional(),
});

type Ended = { readonly name: string; readonly passed: boolean; readonly seconds: number };

/** A test that consists of others is not counted beside them, unless it failed and none of them did. */
export async function tellGoTests(
  lines: AsyncIterable<string>,
  print: (line: string) => void,
): Promise<{ passed: number; failed: number }> {
  const outputs = new Map<string, string>();
  const inner = new Map<string, Ended[]>();
  let passed = 0;
  let failed = 0;

  for await (const text of lines) {
    const { Action, Test = '', Output = '', Elapsed: seconds = 0 } = parse(text);
    if (Output !== '') outputs.set(Test, (outputs.get(Test) ?? '') + Output);
    // A test that was skipped has shown nothing.
    if (!['pass', 'fail', 'skip'].includes(Action)) continue;
    const ended = { name: Test, passed: Action === 'pass', seconds };
    const [outer = '', ...rest] = Test.split('/');
    if (Test === '') {
      // The whole run: it failed by itself where it was not built, or ended before its tests did.
      if (Action !== 'fail' || failed > 0) continue;
      failed += 1;
      print('FAIL the tests ended before they could tell');
      why('').forEach(print);
    } else if (rest.length > 0) {
      inner.set(outer, [...(inner.get(outer) ?? []), ended]);
    } else {
      const parts = (inner.get(outer) ?? []).filter(isTold);
      print(line(ended, sentence(outer)));
      why(outer, !ended.passed).forEach(print);
      for (const part of parts) {
        print(`  ${line(part, part.name.slice(outer.length + 1).replaceAll(/_(?!test\.go)/g, ' '))}`);
        why(part.name, !part.passed).forEach(print);
      }
      const told = parts.length > 0 && (ended.passed || parts.some((part) => !part.passed));
      const counted = told ? parts : [...parts, ended];
      passed += counted.filter((each) => each.passed).length;
      failed += counted.filter((each) => !each.passed).length;
    }
  }
  return { passed, failed };

  function why(test: string, wanted = true): readonly string[] {
    if (!wanted) return [];
    const said = (outputs.get(test) ?? '').split('\n');
    return said.filter((each) => each.trim() !== '' && !/^\s*(===|---) /.test(each)).map((each) => `       ${each}`);
  }
}

/** Of parts that have parts of their own these are told, unless it is itself that failed. */
function isTold(part: Ended, _: number, all: readonly Ended[]): boolean {
  const own = all.filter(({ name }) => name.startsWith(`${part.name}/`));
  return own.length === 0 || (!part.passed && own.every(({ passed }) => passed));
}

function parse(text: string): z.infer<typeof Line> {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    return { Action: 'output', Output: `${text}\n` };
  }
}

function line({ passed, seconds }: Ended, name: string): string {
  return `${passed ? 'ok  ' : 'FAIL'} ${name}${seconds >= 0.5 ? ` (${seconds.toFixed(1)} s)` : ''}`;
}

/** `TestASecretThatIsMended` is a Go name; "a Secret that is mended" is read. */
function sentence(name: string): string {
  const words = name.replace(/^Test/, '').match(/ArgoCDs?|GitHub|[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+/g) ?? [name];
  return words.map((word) => NAMES[word] ?? (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase())).join(' ');
}

const NAMES: Readonly<Record<string, string>> = {
  ArgoCD: 'Argo CD',
  ArgoCDs: "Argo CD's",
  GitHub: 'GitHub',
  Go: 'Go',
  Hawser: 'Hawser',
  Secret: 'Secret',
};
