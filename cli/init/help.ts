/** What `--help` says. */

export const COMMANDS = `npm run hawser -- COMMAND

  init [DIR]     lay down the reference set of repositories under your own names
  update [DIR]   bring a newer set into what init laid down
  explain        say what the promotion rules make of an image, and why
  lint-routes [--member KEY] [--gateway NAME] FILE…
                 say whether HTTPRoutes, as kustomize builds them, route previews rightly: the stable overlay's file, and
                 the preview's. KEY is the member of the router's wrangler.router.toml: preview, if it is not given;
                 NAME is the Gateway that the router alone reaches: previews

npm run hawser -- COMMAND --help says more of init and update.`;

const COMMON = `  --dry-run             say what would be done, and do nothing
  --diff                show it as a patch first
  --force               write although git has changes there that are not committed
  --yes, -y             ask nothing
  --set DIR             a set of your own, in the place of the one that is shipped (gitops/)
  --help, -h            this

exit: 0 done, or nothing to do · 1 refused, and nothing was written · 3 some files were changed by both: the set's own
      lie beside them as FILE.hawser-new, until you have settled them and deleted those`;

export const INIT = `npm run hawser -- init [DIR]

Writes the reference set, each repository as a folder in DIR (here, if it is not given), with your names in the place of
its own. It creates nothing on GitHub and pushes nothing. On a terminal it asks for what is not told.

  --org ORG             the organisation on GitHub
  --app APP             the application: its repository, and what those beside it begin with; 11 characters at most
  --domain DOMAIN       the domain of everything but previews: APP.DOMAIN, argocd.DOMAIN, hawser.DOMAIN
  --preview-domain ZONE the zone that is for previews alone: SLUG.ZONE
  --only PART,…         some of the repositories: PARTS
  --answers FILE        YAML or JSON with org, app, domain, previewDomain and only; a flag wins over it
${COMMON} · 2 an answer is missing, and nobody can be asked`;

export const UPDATE = `npm run hawser -- update [DIR]

Brings the set of this clone into the repositories in DIR (or into DIR, if it is one): here, if it is not given. Each has a
.hawser.yaml, which says what was written. What you have not touched since is replaced or removed, what you edited is kept,
and what you deleted stays away. The names are those that it was laid down with; init with others changes the domains.

${COMMON}`;
