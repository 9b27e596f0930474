/**
 * Which count decides: a search among 0 .. count, of which 0 is known not to decide and `count` is known to.
 *
 * Bisection finds a k that decides while k - 1 does not, in log2(count) trials; where some smaller counts decide and greater ones do not again,
 * it need not be the smallest such k. Only trying every smaller one tells, so that is what `smallest` does.
 */

export interface Trial {
  k: number;
  /** It lies between a count that does not decide and one that does. */
  low: number;
  high: number;
  /** Trials to come at most, this one included. */
  left: number;
}

export interface Found {
  k: number;
  /** How many of the counts 1 .. k - 1 were tried; none of them decides. */
  tried: number;
}

export async function decidingCount(
  count: number,
  decides: (trial: Trial) => Promise<boolean>,
  smallest = false,
): Promise<Found> {
  const not = new Set<number>();
  let low = 0;
  let high = count;
  while (high - low > 1) {
    const k = (low + high) >> 1;
    const left = Math.ceil(Math.log2(high - low)) + (smallest ? high - 1 : 0);
    if (await decides({ k, low, high, left })) high = k;
    else {
      low = k;
      not.add(k);
    }
  }
  if (smallest)
    for (let k = 1; k < high; k++) {
      if (not.has(k)) continue;
      if (await decides({ k, low: k - 1, high, left: high - k })) high = k;
      else not.add(k);
    }
  return { k: high, tried: [...not].filter((k) => k < high).length };
}
