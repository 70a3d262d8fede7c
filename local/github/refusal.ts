/** Says no in GitHub's words and shape. */
export type Complaint = { resource: string; field?: string; code: string; message?: string; [more: string]: unknown };

const docs = 'https://docs.github.com/rest';

export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly (Complaint | string)[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    errors?: readonly (Complaint | string)[],
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  response(): Response {
    const body = {
      message: this.message,
      ...(this.errors ? { errors: this.errors } : {}),
      documentation_url: docs,
      status: String(this.status),
    };
    return Response.json(body, { status: this.status, headers: this.headers });
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found');
}

/** The shape of "Client errors" in the REST API's troubleshooting page. */
export function invalid(resource: string, field: string, message: string, value?: unknown): Refusal {
  const complaint = { resource, code: 'custom', field, message, ...(value === undefined ? {} : { value }) };
  return new Refusal(422, 'Validation Failed', [complaint]);
}

export function missing(field: string): Refusal {
  return new Refusal(422, `Invalid request.\n\n"${field}" wasn't supplied.`);
}

/** 140 characters, not bytes: an emoji is one. */
export function requireShort(resource: string, description: string | null): void {
  if (description === null || Array.from(description).length <= 140) return;
  throw invalid(resource, 'description', 'description is too long (maximum is 140 characters)');
}
