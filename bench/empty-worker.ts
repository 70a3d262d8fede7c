/** A Worker that does nothing: what starting one costs in any case. */
const worker = { fetch: () => new Response('here') } satisfies ExportedHandler;
export default worker;
