/** `npm start`: the local stack until Ctrl-C, with its state in `.hawser/`. */
import { type Stack, StackRefused, startStack } from '../local/stack.ts';
import { readFlag, readPorts } from './arguments.ts';

try {
  const fresh = readFlag(process.argv.slice(2), '--fresh');
  const stack = await startStack({
    ...readPorts(process.env),
    directory: '.hawser',
    fresh,
    log: (line) => console.log(line),
  });
  console.log(introduction(stack));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stack.close().then(() => process.exit(0)));
  }
} catch (error) {
  if (!(error instanceof StackRefused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function introduction({ hawser, github, argocdToken, operatorToken }: Stack): string {
  return `
Hawser   ${hawser.url}   (health: ${hawser.url}/healthz)
GitHub   ${github.url}   (emulated; the App is installed on acme, which has acme/shop)
State    .hawser/   (npm start -- --fresh begins anew)

Argo CD's part:
  curl -X POST ${hawser.url}/argocd/notifications -H 'Authorization: Bearer ${argocdToken}' \\
    -H 'Content-Type: application/json' -d @notification.json
What the ledger knows:
  curl ${hawser.url}/api/repositories/acme/shop -H 'Authorization: Bearer ${operatorToken}'

Ctrl-C ends both.
`;
}
