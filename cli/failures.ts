/** What was found otherwise than it should be, as lines for a person. */
export type Failures = readonly string[];

export function differing(what: string, actual: unknown, wanted: unknown): Failures {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(wanted)];
  return is === should ? [] : [`${what}: ${is}, not ${should}`];
}
