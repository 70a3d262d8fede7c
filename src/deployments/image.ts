/** Reads an image reference, and tells which of an application's images are built from its repository. */
import { fits } from '../words/glob.ts';

export type Image = {
  /** Without tag and digest: `ghcr.io/acme/shop`. */
  readonly name: string;
  /** Without the registry's host: `acme/shop`. */
  readonly path: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
};

/** Understands Kustomize's `name=new:tag` as well, of which only the new reference counts. */
export function imageOf(text: string): Image {
  const reference = text.slice(text.lastIndexOf('=') + 1);
  const [rest, digest] = split(reference, reference.indexOf('@'));
  const colon = rest.lastIndexOf(':');
  // A colon before the last slash belongs to the registry's port.
  const [name, tag] = split(rest, colon > rest.lastIndexOf('/') ? colon : -1);
  const [host, path] = split(name, name.indexOf('/'));
  return { name, path: path !== undefined && isRegistry(host) ? path : name, tag, digest };
}

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

function isRegistry(host: string): boolean {
  return host === 'localhost' || host.includes('.') || host.includes(':');
}

function split(text: string, at: number): readonly [string, string | undefined] {
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
