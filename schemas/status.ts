/** A Deployment status, as GitHub takes it: https://docs.github.com/rest/deployments/statuses */
import * as z from 'zod';

export const Status = z.object({
  /** `pending` stays unused: it is what GitHub shows of a deployment without a status. */
  state: z.enum(['queued', 'in_progress', 'success', 'failure', 'error', 'inactive']),
  /** At most 140 characters. */
  description: z.string(),
  /** The application's page in Argo CD. */
  logUrl: z.string().optional(),
  environmentUrl: z.string().optional(),
});
export type Status = z.infer<typeof Status>;
export type State = Status['state'];
