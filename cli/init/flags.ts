/** What the command line and `--answers` say. A flag wins over the file. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { inLines, parseFile } from '../../schemas/parse-file.ts';
import { AnswersFile } from '../../schemas/reference-set.ts';
import { Refused } from './refused.ts';

export type Options = {
  readonly directory: string | undefined;
  readonly help: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly diff: boolean;
  readonly force: boolean;
  readonly set: string | undefined;
};

const SWITCHES = {
  help: { type: 'boolean', short: 'h' },
  yes: { type: 'boolean', short: 'y' },
  'dry-run': { type: 'boolean' },
  diff: { type: 'boolean' },
  force: { type: 'boolean' },
  set: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

const text = { type: 'string' } as const;
const ANSWERS = { org: text, app: text, domain: text, 'preview-domain': text, only: text, answers: text };

export function readUpdate(args: readonly string[]): Options {
  const config = { args: [...args], options: SWITCHES, allowPositionals: true } as const;
  const { values, positionals } = understood(() => parseArgs(config));
  return optionsOf(values, positionals);
}

export function readInit(
  args: readonly string[],
  read: (file: string) => string | undefined,
): { readonly options: Options; readonly told: AnswersFile } {
  const config = { args: [...args], options: { ...SWITCHES, ...ANSWERS }, allowPositionals: true } as const;
  const { values, positionals } = understood(() => parseArgs(config));
  const flags = {
    org: values.org,
    app: values.app,
    domain: values.domain,
    previewDomain: values['preview-domain'],
    only: values.only?.split(',').map((part) => part.trim()),
  };
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  const file = values.answers === undefined ? {} : answersIn(values.answers, read);
  return { options: optionsOf(values, positionals), told: { ...file, ...given } };
}

type Switches = { help?: boolean; yes?: boolean; 'dry-run'?: boolean; diff?: boolean; force?: boolean; set?: string };

function optionsOf(values: Switches, [directory, ...more]: readonly string[]): Options {
  if (more.length > 0) throw new Refused(`${more.join(' ')}: one DIR is enough`);
  const { help = false, yes = false, 'dry-run': dryRun = false, diff = false, force = false, set } = values;
  return { directory, help, yes, dryRun, diff, force, set };
}

function answersIn(file: string, read: (file: string) => string | undefined): AnswersFile {
  const content = read(file);
  if (content === undefined) throw new Refused(`${file}: there is no such file, or it cannot be read`);
  const answers = parseFile(content, file, AnswersFile);
  if (answers.ok) return answers.value;
  throw new Refused(inLines(answers.failure)[0] ?? file);
}

function understood<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    throw new Refused(error instanceof Error ? (error.message.split(/[.\n]/)[0] ?? '') : String(error));
  }
}
