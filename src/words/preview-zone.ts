/** The zone that holds previews alone: what follows `{slug}.` in the host of `previews.url`. */

const URL_FORM = /^https?:\/\/\{slug\}\.([a-z0-9.-]+)(?::\d+)?(?:[/?#]|$)/i;

/** Undefined: previews are not told apart by the first label of their host, so no router finds them by it. */
export function previewZone(url: string | undefined): string | undefined {
  return URL_FORM.exec(url ?? '')?.[1]?.toLowerCase();
}
