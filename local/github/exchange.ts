/** One request and what was answered, as an observer of the emulator sees it. */
export type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined: there was none. */
  readonly body: unknown;
  /** Undefined where a scripted fault spoke in GitHub's stead, or nobody did. */
  readonly answer: { readonly status: number; readonly body: unknown } | undefined;
};

/** Sees each exchange once, in order; what it finds wrong is asked for with `complaints`. */
export type Observer = {
  readonly see: (exchange: Exchange) => void;
  /** Those since it was asked last. */
  readonly complaints: () => readonly string[];
};
