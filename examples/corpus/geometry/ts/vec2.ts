/** Immutable vectors of the plane and a few constructions with them. */

export interface Vec2 {
  readonly x: number;
  readonly y: number;
}

/** A circle by its centre and radius. */
export interface Circle {
  readonly centre: Vec2;
  readonly radius: number;
}

const EPSILON = 1e-9;

export const vec = (x: number, y: number): Vec2 => ({ x, y });
export const add = (a: Vec2, b: Vec2): Vec2 => vec(a.x + b.x, a.y + b.y);
export const subtract = (a: Vec2, b: Vec2): Vec2 => vec(a.x - b.x, a.y - b.y);
export const scale = (a: Vec2, factor: number): Vec2 => vec(a.x * factor, a.y * factor);
export const dot = (a: Vec2, b: Vec2): number => a.x * b.x + a.y * b.y;
export const cross = (a: Vec2, b: Vec2): number => a.x * b.y - a.y * b.x;
export const length = (a: Vec2): number => Math.hypot(a.x, a.y);

/** The vector of length one with the same direction. */
export function normalize(a: Vec2): Vec2 {
  const size = length(a);
  if (size < EPSILON) {
    throw new RangeError("the zero vector has no direction");
  }
  return scale(a, 1 / size);
}

/** Turn a vector anticlockwise by an angle in radians. */
export function rotate(a: Vec2, angle: number): Vec2 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return vec(a.x * c - a.y * s, a.x * s + a.y * c);
}

/** The point of the segment from `a` to `b` that is nearest to `p`. */
export function nearestOnSegment(p: Vec2, a: Vec2, b: Vec2): Vec2 {
  const along = subtract(b, a);
  const squared = dot(along, along);
  if (squared < EPSILON) {
    return a;
  }
  const t = dot(subtract(p, a), along) / squared;
  return add(a, scale(along, Math.min(1, Math.max(0, t))));
}

/** Where two infinite lines meet, each given by two points; null if parallel. */
export function intersectLines(a: Vec2, b: Vec2, c: Vec2, d: Vec2): Vec2 | null {
  const first = subtract(b, a);
  const second = subtract(d, c);
  const denominator = cross(first, second);
  if (Math.abs(denominator) < EPSILON) {
    return null;
  }
  return add(a, scale(first, cross(subtract(c, a), second) / denominator));
}

/** The points that two circles share: none, one or two. */
export function intersectCircles(p: Circle, q: Circle): Vec2[] {
  const between = subtract(q.centre, p.centre);
  const distance = length(between);
  const tooFar = distance > p.radius + q.radius + EPSILON;
  const inside = distance < Math.abs(p.radius - q.radius) - EPSILON;
  if (distance < EPSILON || tooFar || inside) {
    return [];
  }
  const along = (distance ** 2 + p.radius ** 2 - q.radius ** 2) / (2 * distance);
  const aside = Math.sqrt(Math.max(0, p.radius ** 2 - along ** 2));
  const unit = normalize(between);
  const foot = add(p.centre, scale(unit, along));
  if (aside < EPSILON) {
    return [foot];
  }
  const normal = scale(vec(-unit.y, unit.x), aside);
  return [add(foot, normal), subtract(foot, normal)];
}
