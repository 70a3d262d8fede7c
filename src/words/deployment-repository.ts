/** Which repository pins the images of an application's. */
import { Repository } from './repository.ts';

export type DeploymentRepository = {
  readonly repository: Repository;
  /** The configuration names it. */
  readonly isNamed: boolean;
};

/** Undefined: its name is too long for another one. */
export function deploymentOf(
  source: Repository,
  named: Readonly<Record<string, Repository>>,
): DeploymentRepository | undefined {
  const configured = Object.hasOwn(named, source) ? named[source] : undefined;
  if (configured !== undefined) return { repository: configured, isNamed: true };
  const repository = Repository.safeParse(`${source}-deployment`).data;
  return repository === undefined ? undefined : { repository, isNamed: false };
}
