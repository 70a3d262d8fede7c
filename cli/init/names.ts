/** The names of the small organisation that `gitops/` is, and another's in their place. */
import type { Answers } from '../../schemas/reference-set.ts';

const NAMES: Readonly<Record<string, keyof Answers>> = {
  'example-org': 'org',
  'example-app': 'app',
  'example-preview.dev': 'previewDomain',
  'example.com': 'domain',
};

// One pass, so that a name which is put in is never taken for one that stands there. A dash may stand beside a label
// (`example-app-deployment`), but is part of a domain's first and last one.
const PATTERN =
  /(?<![A-Za-z0-9])(?:example-org|example-app)(?![A-Za-z0-9])|(?<![A-Za-z0-9-])(?:example-preview\.dev|example\.com)(?![A-Za-z0-9-]|\.[A-Za-z0-9])/g;

export function renamed(text: string, answers: Answers): string {
  return text.replace(PATTERN, (name) => {
    const key = NAMES[name];
    return key === undefined ? name : answers[key];
  });
}

/** What `--only` calls a repository of the set: `app`, `deployment`, `.github`. */
export function partOf(folder: string): string {
  return folder === 'example-app' ? 'app' : folder.replace(/^example-app-/, '');
}
