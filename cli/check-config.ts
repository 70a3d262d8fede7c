/** Says what is wrong with a `hawser.yaml`, a line for each thing: `check-config.ts [FILE]`. */
import { readFileSync } from 'node:fs';
import { parseConfig } from '../schemas/parse-config.ts';
import { inLines } from '../schemas/parse-file.ts';

const [file = 'hawser.yaml'] = process.argv.slice(2);
const complaints = complaintsAbout(file);
for (const line of complaints) console.error(line);
if (complaints.length === 0) console.log(`${file}: valid`);
process.exitCode = complaints.length === 0 ? 0 : 1;

function complaintsAbout(path: string): readonly string[] {
  const text = read(path);
  if (text === undefined) return [`${path}: there is no such file, or it cannot be read`];
  const config = parseConfig(text, path);
  return config.ok ? [] : inLines(config.failure);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
