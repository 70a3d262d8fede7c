/** A Gateway that takes routes of all namespaces: a listener for each section that is asked, at a port of its own. */
import type { Asked } from './compare.ts';

export function gatewayOf({ namespace, name }: Omit<Asked['met'], 'section'>, sections: readonly string[]): string {
  const listeners = sections.map((section, index) => ({
    name: section,
    protocol: 'HTTP',
    port: 8000 + index,
    allowedRoutes: { namespaces: { from: 'All' } },
  }));
  const spec = { gatewayClassName: 'demo', listeners };
  return `${JSON.stringify({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { namespace, name },
    spec,
  })}\n`;
}
