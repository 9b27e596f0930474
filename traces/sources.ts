/**
 * The guest sources that a trace carries: the same text under the same names wherever probelab is installed.
 *
 * An image names its sources as the compiler saw them; headers of another tree (a program's <sys/types.h> is the kernel's) have a path that
 * begins with where that installation lies. A trace has them relative to the image's own tree: '../kernel/sys/types.h'.
 */
import { imageFromSources, kernelImage, programImage } from '../engine/guestc/build.ts';
import type { Image } from '../engine/image/image.ts';
import type { Profile } from '../engine/image/profile.ts';

const portable = (path: string): string => {
  const match = /^(?:\/|[A-Za-z]:).*?\/models\/((?:kernel|user)\/.*)$/.exec(path);
  return match === null ? path : `../${match[1]}`;
};

export function portableSources(sources: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sources)
      .map(([path, text]): [string, string] => [portable(path), text])
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
}

/** Paths whose text is not the same in both. */
export function changedFiles(then: Record<string, string>, now: Record<string, string>): string[] {
  const [a, b] = [portableSources(then), portableSources(now)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path]);
}

const installed = (name: string, profile: Profile, pidSites: boolean): Image =>
  name === 'kernel' ? kernelImage(profile) : programImage(name, profile, pidSites);

/**
 * For SessionHooks.image: images of the recorded sources where they are not the installed ones. What was compiled is kept in `made`. Throws
 * CompileError.
 */
export function recordedImages(
  recorded: Record<string, Record<string, string>>,
  made = new Map<string, Image>(),
): (name: string, profile: Profile, pidSites: boolean) => Image | undefined {
  return (name, profile, pidSites) => {
    const then = recorded[name];
    if (then === undefined) return undefined;
    const before = made.get(name);
    if (before !== undefined && (before.pidSites ?? false) === pidSites) return before;
    let now: Image | undefined;
    try {
      now = installed(name, profile, pidSites);
    } catch {
      // Not installed (any more): from the recorded sources, then.
    }
    if (now !== undefined && changedFiles(then, now.sources).length === 0) return now;
    const image = imageFromSources(name, portableSources(then), profile, { pidSites });
    made.set(name, image);
    return image;
  };
}
