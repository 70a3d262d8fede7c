/** A request as a mesh sees it: what it asks for, and where the mesh meets it. */

export type MeshRequest = {
  readonly method: string;
  /** With or without a port. */
  readonly host: string;
  /** With its query. */
  readonly url: string;
  readonly headers: Headers;
};

/** Where a request is met: at a gateway that it comes in by, or on its way to a Service. */
export type Met =
  | {
      readonly kind: 'Gateway';
      readonly namespace: string;
      readonly name: string;
      readonly port?: number;
      readonly section?: string;
    }
  | {
      readonly kind: 'Service';
      readonly namespace: string;
      readonly name: string;
      readonly port: number;
      /** The caller's namespace: a route in another one than the Service's holds for that one's callers alone. */
      readonly from?: string;
    };
