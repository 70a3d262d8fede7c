/** Why nothing was written: one line for a person, which says where and what to do. */
export class Refused extends Error {}

/** `EACCES: permission denied, mkdir '/x'` without the call, which says nothing to a reader. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split(/, |\n/)[0] ?? '') : String(error);
}

export async function exitCodeOf(run: () => Promise<number>, complain: (line: string) => void): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    complain(error.message);
    return 1;
  }
}
