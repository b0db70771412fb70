'use strict';

/**
 * Questions about an undirected friendship graph.
 */
class FriendGraph {
  constructor() {
    /** @type {Map<string, Set<string>>} */
    this.friends = new Map();
  }

  /**
   * Make two people friends; befriending oneself only adds the person.
   * @param {string} a
   * @param {string} b
   * @returns {this}
   */
  connect(a, b) {
    for (const name of [a, b]) {
      if (!this.friends.has(name)) {
        this.friends.set(name, new Set());
      }
    }
    if (a !== b) {
      this.friends.get(a).add(b);
      this.friends.get(b).add(a);
    }
    return this;
  }

  /**
   * Measure how many handshakes everyone is away from `start`.
   * @param {string} start
   * @returns {Map<string, number>} reachable people only, `start` included
   */
  distances(start) {
    const distance = new Map([[start, 0]]);
    let frontier = this.friends.has(start) ? [start] : [];
    while (frontier.length > 0) {
      const next = [];
      for (const person of frontier) {
        for (const friend of this.friends.get(person)) {
          if (!distance.has(friend)) {
            distance.set(friend, distance.get(person) + 1);
            next.push(friend);
          }
        }
      }
      frontier = next;
    }
    return distance;
  }

  /**
   * Suggest people who share the most friends with `person`.
   * @param {string} person
   * @param {number} [limit]
   * @returns {{name: string, shared: number}[]} best first, ties by name
   */
  suggest(person, limit = 3) {
    const mine = this.friends.get(person) ?? new Set();
    const shared = new Map();
    for (const friend of mine) {
      for (const other of this.friends.get(friend)) {
        if (other !== person && !mine.has(other)) {
          shared.set(other, (shared.get(other) ?? 0) + 1);
        }
      }
    }
    return [...shared]
      .map(([name, count]) => ({ name, shared: count }))
      .sort((x, y) => y.shared - x.shared || (x.name < y.name ? -1 : 1))
      .slice(0, limit);
  }

  /**
   * Group everyone into circles between which nobody knows anybody.
   * @returns {string[][]} the largest circle first, names sorted
   */
  circles() {
    const seen = new Set();
    const result = [];
    for (const person of [...this.friends.keys()].sort()) {
      if (seen.has(person)) {
        continue;
      }
      const circle = [...this.distances(person).keys()].sort();
      circle.forEach((name) => seen.add(name));
      result.push(circle);
    }
    return result.sort((a, b) => b.length - a.length);
  }
}

module.exports = { FriendGraph };
