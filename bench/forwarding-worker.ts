/** The least that any router has to do: hand the request on, and the answer back. */
const worker = { fetch: (request) => fetch(request) } satisfies ExportedHandler;
export default worker;
