/** Reads `hawser.yaml`. An empty one is a configuration too: every key is optional. */
import type { Result } from '../src/words/result.ts';
import { Config } from './config.ts';
import { type FileFault, parseFile } from './parse-file.ts';

/** JSON is YAML, so this reads the variable `HAWSER` too. */
export function parseConfig(text: string, file: string): Result<Config, FileFault> {
  return parseFile(text, file, Config);
}
