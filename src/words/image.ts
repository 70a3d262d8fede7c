/** An image's reference, taken apart: `ghcr.io/acme/shop:v1@sha256:…`. */
import * as z from 'zod';

export const Tag = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, { error: 'a tag is up to 128 letters, digits, _, . and -' });
export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'a digest is sha256: and 64 hex digits' });
export const ImageName = z
  .string()
  .max(255)
  .regex(/^[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/, {
    error: 'the name of an image is registry/path, in lower case, without tag and digest',
  });

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

/** Whether two names mean one image: Docker leaves out `docker.io/` and `library/`. */
export function sameImage(one: string, other: string): boolean {
  return inFull(one) === inFull(other);
}

/** All the ways to write the name. */
export function spellingsOf(name: string): readonly string[] {
  const full = inFull(name);
  return [...new Set([name, full, full.replace(/^docker\.io\//, ''), full.replace(/^docker\.io\/library\//, '')])];
}

function inFull(name: string): string {
  const [host = '', ...path] = name.split('/');
  if (path.length === 0) return `docker.io/library/${name}`;
  if (!isRegistry(host)) return `docker.io/${name}`;
  return host === 'index.docker.io' || (host === 'docker.io' && path.length === 1)
    ? inFull(path.join('/'))
    : `${host.toLowerCase()}/${path.join('/')}`;
}

function isRegistry(host: string): boolean {
  return host === 'localhost' || host.includes('.') || host.includes(':');
}

function split(text: string, at: number): readonly [string, string | undefined] {
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
