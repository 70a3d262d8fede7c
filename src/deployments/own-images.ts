/** Tells which of an application's images are built from its repository. */
import { fits } from '../words/glob.ts';
import type { Image } from '../words/image.ts';

/**
 * The images that speak for the repository: those that the annotation `github.com/image` matches, else those whose path
 * is the repository's, or goes on after it with `/` or `-`. Empty: none can be told to be its own.
 */
export function ownImages(
  images: readonly Image[],
  repository: string,
  patterns: string | undefined,
): readonly Image[] {
  if (patterns !== undefined) {
    const wanted = patterns.split(',').map((pattern) => pattern.trim());
    return images.filter((image) => wanted.some((pattern) => fits(pattern, image.name)));
  }
  return images.filter((image) => {
    const path = image.path.toLowerCase();
    return path.startsWith(repository) && ['', '/', '-'].includes(path.charAt(repository.length));
  });
}
