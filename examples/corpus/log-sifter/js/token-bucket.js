'use strict';

/**
 * Limits how often something may happen. The time is handed in by the caller,
 * so the limiter can be tested and replayed from a log.
 */
class TokenBucket {
  /**
   * @param {number} capacity how many events may happen at once
   * @param {number} perSecond how many tokens come back in a second
   */
  constructor(capacity, perSecond) {
    if (!(capacity > 0) || !(perSecond > 0)) {
      throw new RangeError('capacity and rate must be positive');
    }
    this.capacity = capacity;
    this.perSecond = perSecond;
    this.tokens = capacity;
    this.last = 0;
  }

  /**
   * Add the tokens earned up to `now`.
   * @param {number} now milliseconds; going backwards is ignored
   */
  refill(now) {
    const elapsed = Math.max(0, now - this.last);
    this.tokens = Math.min(this.capacity, this.tokens + (elapsed * this.perSecond) / 1000);
    this.last = Math.max(this.last, now);
  }

  /**
   * Take tokens if there are enough.
   * @param {number} now milliseconds
   * @param {number} [cost]
   * @returns {boolean} whether the event may happen
   */
  take(now, cost = 1) {
    this.refill(now);
    if (this.tokens < cost) {
      return false;
    }
    this.tokens -= cost;
    return true;
  }

  /**
   * How long to wait until `cost` tokens are there.
   * @param {number} now milliseconds
   * @param {number} [cost]
   * @returns {number} milliseconds, Infinity when it can never happen
   */
  wait(now, cost = 1) {
    if (cost > this.capacity) {
      return Infinity;
    }
    this.refill(now);
    return Math.max(0, Math.ceil(((cost - this.tokens) * 1000) / this.perSecond));
  }
}

/**
 * Replay requests and count what each client was granted.
 * @param {{client: string, at: number}[]} requests in order of time
 * @param {() => TokenBucket} makeBucket
 * @returns {Map<string, {granted: number, refused: number}>}
 */
function replay(requests, makeBucket) {
  const buckets = new Map();
  const result = new Map();
  for (const { client, at } of requests) {
    if (!buckets.has(client)) {
      buckets.set(client, makeBucket());
      result.set(client, { granted: 0, refused: 0 });
    }
    const counts = result.get(client);
    if (buckets.get(client).take(at)) {
      counts.granted += 1;
    } else {
      counts.refused += 1;
    }
  }
  return result;
}

if (require.main === module) {
  const times = [0, 100, 150, 200, 900, 1000, 1050, 2500];
  const requests = times.map((at, i) => ({ client: i % 4 === 3 ? 'slow' : 'fast', at }));
  for (const [client, counts] of replay(requests, () => new TokenBucket(2, 1))) {
    console.log(`${client}: ${counts.granted} granted, ${counts.refused} refused`);
  }
}

module.exports = { TokenBucket, replay };
