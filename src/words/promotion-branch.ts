/** Which branches of a deployment repository promotions stand on: Hawser's own, and those that Image Updater writes. */

export function isImageUpdaters(branch: string): boolean {
  return branch.startsWith('image-updater-');
}

export function isPromotions(branch: string): boolean {
  return branch.startsWith('hawser/') || isImageUpdaters(branch);
}
