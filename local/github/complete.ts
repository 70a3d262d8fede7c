/** Completes what emulate shows: fields that GitHub always gives, addresses that are URIs. What is there already stays. */

type Shown = Record<string, unknown>;

/** A new value; `base` is where GitHub's API is. */
export function complete(value: unknown, base: string): unknown {
  if (Array.isArray(value)) return value.map((each) => complete(each, base));
  if (!isShown(value)) return value;
  const inside = Object.entries(value).map(([name, each]) => [name, address(name, complete(each, base))]);
  const shown: Shown = Object.fromEntries(inside);
  return { ...user(shown, base), ...side(shown), ...shown, ...repository(shown), ...output(shown), ...label(shown) };
}

function isShown(value: unknown): value is Shown {
  return typeof value === 'object' && value !== null;
}

/** A bot's login has brackets, which no URI has: GitHub escapes them. */
function address(name: string, value: unknown): unknown {
  return typeof value === 'string' && /(^|_)url$/.test(name) ? value.replaceAll('[bot]', '%5Bbot%5D') : value;
}

function user(shown: Shown, base: string): Shown {
  if (typeof shown.login !== 'string' || typeof shown.type !== 'string') return {};
  const url = `${base}/users/${encodeURIComponent(shown.login)}`;
  return {
    gravatar_id: '',
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    site_admin: false,
  };
}

/** Of a repository of its own, nobody has pushed to it since it was made. */
function repository(shown: Shown): Shown {
  if (typeof shown.full_name !== 'string' || !isShown(shown.owner)) return {};
  return {
    network_count: shown.network_count ?? shown.forks_count ?? 0,
    subscribers_count: shown.subscribers_count ?? 0,
    pushed_at: shown.pushed_at ?? shown.created_at,
  };
}

/** The head or the base of a pull request. */
function side(shown: Shown): Shown {
  const isSide = typeof shown.ref === 'string' && typeof shown.sha === 'string' && typeof shown.label === 'string';
  return isSide ? { user: isShown(shown.repo) ? shown.repo.owner : null } : {};
}

/** Of a check run. */
function output(shown: Shown): Shown {
  if (!isShown(shown.output) || !('annotations_count' in shown.output)) return {};
  return { output: { annotations_url: `${String(shown.url)}/annotations`, ...shown.output } };
}

/** Described by nobody: lists of pull requests know no null there. */
function label(shown: Shown): Shown {
  const isLabel = typeof shown.name === 'string' && typeof shown.color === 'string' && 'default' in shown;
  return isLabel ? { description: shown.description ?? '' } : {};
}
