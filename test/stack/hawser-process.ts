/** Hawser in a process of its own, that a test can kill: started with its options as JSON, it prints its URL and stays. */
import { readBundle } from '../../local/bundle.ts';
import { startWorker } from '../../local/worker.ts';

const [, , options = '{}'] = process.argv;
const { bundle, state, variables, logs } = JSON.parse(options);
const log = logs === true ? (line: string) => console.error(line) : () => {};
const worker = await startWorker({ modules: await readBundle(bundle), port: 0, state, variables, log });
console.log(worker.url);
