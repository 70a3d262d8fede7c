/** Says of a comment by which App it was made, which emulate leaves out: nobody else's bot can be taken for it. */
import type { Context } from 'hono';
import { appView } from './app-routes.ts';
import { passThrough } from './pass-through.ts';
import { appLogin, type Env, type Routes, type World } from './world.ts';

type Comment = { readonly user?: { readonly login?: string } | null };

export function routeComments(routes: Routes, world: World): void {
  const marked = async (c: Context<Env>) => {
    const answer = await passThrough(world, c);
    if (answer.status === 204) return answer;
    const shown: Comment | Comment[] = await answer.json();
    const app = await appView(world);
    const mark = (comment: Comment) => ({
      ...comment,
      performed_via_github_app: comment.user?.login === appLogin(world) ? app : null,
    });
    return new Response(JSON.stringify(Array.isArray(shown) ? shown.map(mark) : mark(shown)), answer);
  };
  routes.all('/repos/:owner/:repo/issues/:number{\\d+}/comments', marked);
  routes.all('/repos/:owner/:repo/issues/comments/:id{\\d+}', marked);
}
