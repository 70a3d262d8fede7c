/**
 * The one comment of a pull request: what a person wants to know of its preview, at a glance and on a phone. What others
 * have written stands in it as code, where neither Markdown, HTML nor a mention means anything.
 */
import type { Known, KnownApplication, Rollout } from '../../schemas/known.ts';
import type { Preview, Stage } from '../../schemas/preview.ts';
import { inWords } from '../words/duration.ts';
import { inCode } from '../words/in-code.ts';
import { type Instant, inMinutes } from '../words/instant.ts';
import { short } from '../words/sha.ts';
import { isWarned, staleAt } from './expiry.ts';
import { isReserved } from './name.ts';
import { progressOf } from './progress.ts';
import { isFork } from './stage.ts';
import { NOT_ALLOWED, reasonOf, withLabel } from './staged.ts';

const MARKER = '<!-- hawser:preview -->';

/** More applications than these are counted, not listed. */
const MOST = 30;

/** Undefined: there is nothing to say. `expiresAt` is what it says of its end. */
export function commentOn(preview: Preview, known: Known, expiresAt: Instant | null, now: Instant): string | undefined {
  const { stage, comment } = preview;
  switch (stage.kind) {
    case 'live':
      return joined([...standing(preview, known), ...ending(preview, known, expiresAt, now)]);
    case 'refusing':
    case 'refused':
      return joined(refusal(preview, stage, known));
    case 'closed':
      if (comment.wanted === null || preview.head?.kind !== 'closed') return undefined;
      return joined([farewell(preview.head.why, stage, known)]);
    case 'asking':
      return undefined;
  }
}

/** Where a fork's preview was refused, its deployments ended with that, if it ever had any: not with the pull request. */
function farewell(why: string, stage: Extract<Stage, { kind: 'closed' }>, { config }: Known): string {
  if (why === NOT_ALLOWED) return `⚪ **There is no preview**: ${withLabel(reasonOf(stage.why, config), inCode)}.`;
  return `⚪ **The preview is removed**: ${withLabel(why, inCode)}.`;
}

function joined(paragraphs: readonly string[]): string {
  return [MARKER, ...paragraphs].join('\n\n');
}

function standing(preview: Preview, known: Known): readonly string[] {
  const rollouts = [...known.rollouts.values()].filter(({ pr, end }) => pr === preview.number && end === null);
  const applications = [...known.applications.values()]
    .filter(({ rollout }) => rollouts.some(({ key }) => key === rollout))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  const url =
    rollouts.find(({ wanted }) => wanted?.environmentUrl !== undefined)?.wanted?.environmentUrl ?? preview.url;
  const link = url === null ? '' : `: ${linkTo(url)}`;
  return [
    `${headline(rollouts)}${link}`,
    `Commit ${inCode(short(preview.pull.head.sha))}`,
    ...(applications.length === 0 ? outsiders(rollouts) : [table(applications)]),
    ...otherName(preview, known),
  ];
}

/** Why it has not the name of its branch. */
function otherName({ name, slug }: Preview, known: Known): readonly string[] {
  if (name === slug || slug === '') return [];
  const owner = isReserved(slug, known) ? 'The shared environment' : 'Another open preview';
  return [`${owner} has the name ${inCode(slug)}, so this one answers to ${inCode(name)}.`];
}

function headline(rollouts: readonly Rollout[]): string {
  const progress = progressOf(rollouts);
  if (progress === 'failed') {
    const [failed] = rollouts.filter(({ wanted }) => wanted?.state === 'error' || wanted?.state === 'failure');
    return failed?.awaitedSince === null || failed?.outsider !== null
      ? '🔴 **The preview has failed**'
      : '🔴 **Argo CD has not made the preview yet**';
  }
  return progress === 'ready' ? '🟢 **The preview is ready**' : '🟡 **The preview is on its way**';
}

function outsiders(rollouts: readonly Rollout[]): readonly string[] {
  return rollouts.flatMap(({ outsider }) => (outsider === null ? [] : [inCode(outsider.description)]));
}

function table(applications: readonly KnownApplication[]): string {
  const rows = applications
    .slice(0, MOST)
    .map((application) => `| ${inCell(nameOf(application))} | ${inCell(wordsFor(application))} |`);
  const more = applications.length - MOST;
  return ['| application | state |', '| :-- | :-- |', ...rows, ...(more > 0 ? [`| and ${more} more | |`] : [])].join(
    '\n',
  );
}

function nameOf({ name, page }: KnownApplication): string {
  return page === undefined ? inCode(name) : `[${inCode(name)}](${escapedUrl(page)})`;
}

function wordsFor({ standing }: KnownApplication): string {
  switch (standing?.kind) {
    case 'success':
      return 'ready';
    case 'failed':
      return `failed: ${inCode(standing.message)}`;
    case 'degraded':
      return `degraded: ${inCode(standing.message)}`;
    case 'suspended':
      return 'suspended';
    default:
      return 'rolling out';
  }
}

function ending(preview: Preview, { config }: Known, expiresAt: Instant | null, now: Instant): readonly string[] {
  const { label, keepLabel, sweep, staleAfter } = config.previews;
  const leave = `Take the label ${inCode(label)} off to remove it.`;
  if (staleAt(preview, config) === undefined)
    return [`${leave} The label ${inCode(keepLabel)} keeps it from expiring.`];
  const date = expiresAt === null ? `after ${inWords(staleAfter)}` : `on ${inMinutes(expiresAt)}`;
  const end = sweep === 'remove' ? `It expires ${date}` : `It counts as stale ${date}`;
  const unless = `unless something is pushed, commented, reviewed or labelled; the label ${inCode(keepLabel)} keeps it.`;
  const words = `${end}, ${unless}`;
  return [`${leave} ${isWarned(preview, config, now) ? `**${words}**` : words}`];
}

function refusal(
  { pull }: Preview,
  stage: Extract<Stage, { kind: 'refusing' | 'refused' }>,
  { config }: Known,
): readonly string[] {
  const { label, forks } = config.previews;
  const help =
    forks === 'approve'
      ? `A person with write access to this repository can put the label ${inCode(label)} on this commit.`
      : 'A person with write access can push the branch to this repository and open a pull request from there.';
  const stuck =
    stage.kind === 'refused' && stage.stuck !== null
      ? [
          `The label could not be taken off: ${inCode(stage.stuck)}. **Take it off by hand**: Argo CD deploys what carries it.`,
        ]
      : [];
  return [`🔴 **No preview${isFork(pull) ? ' of this fork' : ''}.** ${stage.why} ${help}`, ...stuck];
}

/** `|` would end a cell even within code; only in a table is the backslash before it taken away again. */
function inCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function linkTo(url: string): string {
  return `[${inCode(url.replace(/^https:\/\//, '').replace(/\/$/, ''))}](${escapedUrl(url)})`;
}

/** A URL has been through the parser, which leaves brackets and pipes as they are. */
function escapedUrl(url: string): string {
  return url.replace(/[()[\]|<>\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
