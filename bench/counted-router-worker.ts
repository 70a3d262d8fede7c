/** The router as it is deployed, bound to a KV and a bridge that know nothing and count; `/times-asked` tells how often they were. */
import router from '../functions/router.ts';

let asked = 0;
const count = async () => {
  asked += 1;
};
const index = { PREVIEWS: { get: count }, BRIDGE: { find: count } };

const worker = {
  fetch: (request, { ROUTER }) =>
    request.url.endsWith('/times-asked') ? Response.json(asked) : router.fetch(request, { ROUTER, ...index }),
} satisfies ExportedHandler<{ readonly ROUTER: unknown }>;
export default worker;
