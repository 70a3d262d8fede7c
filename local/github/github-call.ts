/** What the emulator remembers of a request. */
export type GitHubCall = {
  at: number;
  method: string;
  path: string;
  query: Record<string, string>;
  /** 0 where the connection was dropped or never answered. */
  status: number;
  body: unknown;
  role: 'app' | 'installation' | 'anonymous';
  /** The kind of the fault that it met. */
  fault?: string;
};
