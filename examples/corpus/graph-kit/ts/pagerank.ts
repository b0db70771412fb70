/** Directed links: every page with the pages it points to. */
export type Links = ReadonlyMap<string, readonly string[]>;

/** Settings of {@link pageRank}. */
export interface RankOptions {
  /** Chance of following a link rather than jumping anywhere. */
  damping?: number;
  /** Stop when no rank changes by more than this. */
  tolerance?: number;
  /** Give up after so many rounds. */
  maxRounds?: number;
}

/** Ranks that sum to 1, and how many rounds they took. */
export interface RankResult {
  ranks: Map<string, number>;
  rounds: number;
  converged: boolean;
}

/** Collect every page, including those that are only pointed to. */
function pagesOf(links: Links): string[] {
  const pages = new Set<string>();
  for (const [page, targets] of links) {
    pages.add(page);
    targets.forEach((target) => pages.add(target));
  }
  return [...pages].sort();
}

/**
 * Rank pages by the chance of meeting a visitor who follows links at random.
 * Pages without links hand their rank to all pages alike.
 */
export function pageRank(links: Links, options: RankOptions = {}): RankResult {
  const { damping = 0.85, tolerance = 1e-9, maxRounds = 200 } = options;
  const pages = pagesOf(links);
  if (pages.length === 0) {
    return { ranks: new Map(), rounds: 0, converged: true };
  }
  let ranks = new Map(pages.map((page) => [page, 1 / pages.length]));
  for (let round = 1; round <= maxRounds; round++) {
    const next = new Map(pages.map((page) => [page, 0]));
    let loose = 0;
    for (const page of pages) {
      const rank = ranks.get(page) ?? 0;
      const targets = links.get(page) ?? [];
      if (targets.length === 0) {
        loose += rank;
      }
      for (const target of targets) {
        next.set(target, (next.get(target) ?? 0) + rank / targets.length);
      }
    }
    let change = 0;
    for (const page of pages) {
      const received = (next.get(page) ?? 0) + loose / pages.length;
      const value = (1 - damping) / pages.length + damping * received;
      change = Math.max(change, Math.abs(value - (ranks.get(page) ?? 0)));
      next.set(page, value);
    }
    ranks = next;
    if (change <= tolerance) {
      return { ranks, rounds: round, converged: true };
    }
  }
  return { ranks, rounds: maxRounds, converged: false };
}

/** List the pages, best first; equal ranks in order of name. */
export function leaderboard(result: RankResult, limit = 10): string[] {
  return [...result.ranks]
    .sort(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .slice(0, limit)
    .map(([page, rank], i) => `${i + 1}. ${page} ${rank.toFixed(4)}`);
}
