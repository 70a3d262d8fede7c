/**
 * Starts OpenTelemetry before anything else is loaded: `node --import`. Where it sends to is said by the OTEL_ variables.
 * It carries baggage from each request to the requests that it causes, which is how a preview is reached behind this
 * service: where that is missing, a preview ends here, and nobody is told.
 */
import { createRequire } from 'node:module';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';

const PROBES = ['/healthz', '/readyz'];

export const telemetry = new NodeSDK({
  instrumentations: [
    new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url = '' }) => PROBES.includes(url) }),
    // The global fetch.
    new UndiciInstrumentation(),
  ],
});
telemetry.start();

// The instrumentation takes hold of node:http when it is required, which `import` alone would not do.
createRequire(import.meta.url)('node:http');
