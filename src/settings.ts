/** The configuration that this Worker runs with: the bundled `hawser.yaml`, or the variable `HAWSER` in its place. */
import bundled from '../hawser.yaml';
import type { Config } from '../schemas/config.ts';
import { parseConfig } from '../schemas/parse-config.ts';
import type { FileFault } from '../schemas/parse-file.ts';
import type { Result } from './words/result.ts';

export type Settings = Result<Config, FileFault>;

let last: { readonly text: string; readonly settings: Settings } | undefined;

/** An isolate lives as long as its variables: parsing once is enough, and every event asks. */
export function settings(env: { readonly HAWSER?: string }): Settings {
  const given = env.HAWSER === undefined || env.HAWSER === '' ? undefined : env.HAWSER;
  const text = given ?? bundled;
  if (last?.text !== text) last = { text, settings: parseConfig(text, given === undefined ? 'hawser.yaml' : 'HAWSER') };
  return last.settings;
}
