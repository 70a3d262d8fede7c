/** A change as a patch in git's own form, which `git apply` takes. */
import { formatPatch, structuredPatch } from 'diff';
import type { Change } from './apply.ts';
import type { Content } from './content.ts';
import { textOf } from './render.ts';

/** `before` is what stood there: of a conflict the user's file, since what counts is how the set's differs from it. */
export function patchOf({ path, content, beside }: Change, before: Content | undefined): string {
  const oldName = before === undefined ? '/dev/null' : `a/${beside ?? path}`;
  const newName = content === undefined ? '/dev/null' : `b/${path}`;
  const [was, is] = [textIn(before), textIn(content)];
  if (was === undefined || is === undefined) return `Binary files ${oldName} and ${newName} differ\n`;
  const how = howOf(before, content);
  return formatPatch({
    ...structuredPatch(oldName, newName, was, is),
    isGit: true,
    ...how,
    ...(beside === undefined ? {} : { isCopy: true }),
  });
}

function howOf(before: Content | undefined, content: Content | undefined) {
  if (before === undefined) return { isCreate: true, newMode: modeOf(content) };
  if (content === undefined) return { isDelete: true, oldMode: modeOf(before) };
  return before.executable === content.executable ? {} : { oldMode: modeOf(before), newMode: modeOf(content) };
}

function textIn(content: Content | undefined): string | undefined {
  return content === undefined ? '' : textOf(content.bytes);
}

function modeOf(content: Content | undefined): string {
  return content?.executable === true ? '100755' : '100644';
}
