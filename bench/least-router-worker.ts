/** The least that changes anything on the way: one header of the request, and one of the answer. */
const worker = {
  async fetch(request) {
    const onward = new Request(request);
    onward.headers.set('baggage', 'preview=foo');
    const answer = await fetch(onward);
    const back = new Response(answer.body, answer);
    back.headers.set('x-robots-tag', 'noindex');
    return back;
  },
} satisfies ExportedHandler;
export default worker;
