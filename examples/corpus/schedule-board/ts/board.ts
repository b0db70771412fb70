/** A board of cards in columns with limits on work in progress. */

/** Names of the columns, from left to right. */
export const COLUMNS = ["backlog", "doing", "review", "done"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Card {
  readonly id: number;
  readonly title: string;
  readonly blockedBy: readonly number[];
}

/** Why a card may not be moved. */
export type Refusal =
  | { kind: "unknown"; id: number }
  | { kind: "full"; column: Column; limit: number }
  | { kind: "blocked"; by: number[] }
  | { kind: "skips"; from: Column; to: Column };

export type MoveResult = { ok: true } | { ok: false; refusal: Refusal };

/** Put a refusal into words. */
export function explain(refusal: Refusal): string {
  switch (refusal.kind) {
    case "unknown":
      return `there is no card ${refusal.id}`;
    case "full":
      return `${refusal.column} holds its ${refusal.limit} cards already`;
    case "blocked":
      return `wait for ${refusal.by.map((id) => `#${id}`).join(", ")}`;
    case "skips":
      return `cannot jump from ${refusal.from} to ${refusal.to}`;
  }
}

export class Board {
  private readonly cards = new Map<number, { card: Card; column: Column }>();
  private nextId = 1;

  /** @param limits the most cards in a column; columns left out have no limit */
  constructor(private readonly limits: Partial<Record<Column, number>> = {}) {}

  /** Add a card to the backlog and return its number. */
  add(title: string, blockedBy: number[] = []): number {
    const id = this.nextId++;
    this.cards.set(id, { card: { id, title, blockedBy }, column: "backlog" });
    return id;
  }

  /** The cards of a column in the order of their numbers. */
  in(column: Column): Card[] {
    return [...this.cards.values()]
      .filter((entry) => entry.column === column)
      .map((entry) => entry.card)
      .sort((a, b) => a.id - b.id);
  }

  /** Cards that block `card` because they are not done. */
  private openBlockers(card: Card): number[] {
    return card.blockedBy.filter((id) => {
      const blocker = this.cards.get(id);
      return blocker !== undefined && blocker.column !== "done";
    });
  }

  /**
   * Move a card. Forward it goes one column at a time, backward anywhere; only
   * unblocked cards may leave the backlog.
   */
  move(id: number, to: Column): MoveResult {
    const entry = this.cards.get(id);
    if (entry === undefined) {
      return { ok: false, refusal: { kind: "unknown", id } };
    }
    const from = entry.column;
    const distance = COLUMNS.indexOf(to) - COLUMNS.indexOf(from);
    if (distance > 1) {
      return { ok: false, refusal: { kind: "skips", from, to } };
    }
    const by = from === "backlog" && distance > 0 ? this.openBlockers(entry.card) : [];
    if (by.length > 0) {
      return { ok: false, refusal: { kind: "blocked", by } };
    }
    const limit = this.limits[to];
    if (distance !== 0 && limit !== undefined && this.in(to).length >= limit) {
      return { ok: false, refusal: { kind: "full", column: to, limit } };
    }
    entry.column = to;
    return { ok: true };
  }
}
