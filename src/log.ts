/** One line of JSON per thing that happened: a constant message, what differs in fields, never a payload or a secret. */
type Field = string | number | boolean | undefined;

export function log(message: string, fields: Readonly<Record<string, Field>>): void {
  console.log(JSON.stringify({ message, ...fields }));
}

/** An exception's text may quote what it choked on; its class says enough to find the place. */
export function classOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
