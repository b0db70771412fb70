/** Results of operations that can fail, and a validator built from them. */

export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** Wrap a success. */
export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

/** Wrap a failure. */
export const fail = <E>(error: E): Result<never, E> => ({ ok: false, error });

/** Apply `change` to a success and leave a failure alone. */
export function map<T, U, E>(result: Result<T, E>, change: (value: T) => U): Result<U, E> {
  return result.ok ? ok(change(result.value)) : result;
}

/** Go on with another operation after a success. */
export function chain<T, U, E>(
  result: Result<T, E>,
  next: (value: T) => Result<U, E>,
): Result<U, E> {
  return result.ok ? next(result.value) : result;
}

/** Turn results into a result with all values, or with all errors. */
export function collect<T, E>(results: readonly Result<T, E>[]): Result<T[], E[]> {
  const values: T[] = [];
  const errors: E[] = [];
  for (const result of results) {
    if (result.ok) {
      values.push(result.value);
    } else {
      errors.push(result.error);
    }
  }
  return errors.length > 0 ? fail(errors) : ok(values);
}

/** An article as it is kept in stock. */
export interface Article {
  sku: string;
  quantity: number;
  price: number;
}

/** Read a whole number within limits. */
function wholeNumber(name: string, text: string, min: number, max: number): Result<number, string> {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value)) {
    return fail(`${name}: ${JSON.stringify(text)} is not a whole number`);
  }
  return value < min || value > max ? fail(`${name}: ${value} is outside ${min}..${max}`) : ok(value);
}

/** Check the shape of a stock-keeping unit, such as "AB-1234". */
function sku(text: string): Result<string, string> {
  const clean = text.trim().toUpperCase();
  return /^[A-Z]{2}-\d{4}$/.test(clean) ? ok(clean) : fail(`sku: ${clean || "nothing"} is malformed`);
}

/** Parse a "sku;quantity;price" line, reporting everything that is wrong. */
export function parseArticle(line: string): Result<Article, string[]> {
  const fields = line.split(";");
  if (fields.length !== 3) {
    return fail([`expected 3 fields, found ${fields.length}`]);
  }
  const code = sku(fields[0]);
  const numbers = collect([
    wholeNumber("quantity", fields[1], 0, 10_000),
    wholeNumber("price", fields[2], 1, 1_000_000),
  ]);
  if (code.ok && numbers.ok) {
    const [quantity, price] = numbers.value;
    return ok({ sku: code.value, quantity, price });
  }
  return fail([...(code.ok ? [] : [code.error]), ...(numbers.ok ? [] : numbers.error)]);
}
