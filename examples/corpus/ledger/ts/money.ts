/**
 * Amounts of money in whole minor units, tagged with their currency.
 */

/** Currencies and the number of decimals they are written with. */
const DECIMALS = { EUR: 2, USD: 2, JPY: 0, KWD: 3 } as const;

/** A currency code. */
export type Currency = keyof typeof DECIMALS;

/** Thrown when amounts of different currencies are mixed. */
export class CurrencyMismatch extends Error {
  constructor(a: Currency, b: Currency) {
    super(`cannot mix ${a} and ${b}`);
    this.name = "CurrencyMismatch";
  }
}

/** An immutable amount. */
export class Money {
  private constructor(
    readonly minor: bigint,
    readonly currency: Currency,
  ) {}

  /** Make an amount from minor units, such as cents. */
  static ofMinor(minor: bigint | number, currency: Currency): Money {
    return new Money(BigInt(minor), currency);
  }

  /**
   * Parse a text such as "-12.50 EUR".
   *
   * @throws SyntaxError for an unknown currency or too many decimals
   */
  static parse(text: string): Money {
    const match = /^(-?)(\d+)(?:\.(\d+))? ([A-Z]{3})$/.exec(text.trim());
    if (match === null || !(match[4] in DECIMALS)) {
      throw new SyntaxError(`not an amount: ${text}`);
    }
    const currency = match[4] as Currency;
    const fraction = match[3] ?? "";
    if (fraction.length > DECIMALS[currency]) {
      throw new SyntaxError(`${currency} has ${DECIMALS[currency]} decimals: ${text}`);
    }
    const digits = match[2] + fraction.padEnd(DECIMALS[currency], "0");
    return new Money(BigInt(match[1] + digits), currency);
  }

  /** The sum of two amounts of the same currency. */
  plus(other: Money): Money {
    if (other.currency !== this.currency) {
      throw new CurrencyMismatch(this.currency, other.currency);
    }
    return new Money(this.minor + other.minor, this.currency);
  }

  /** The amount with its sign changed. */
  negate(): Money {
    return new Money(-this.minor, this.currency);
  }

  /**
   * Split into parts that differ by at most one minor unit and add up to the
   * whole; the larger parts come first.
   */
  split(parts: number): Money[] {
    if (!Number.isInteger(parts) || parts < 1) {
      throw new RangeError("parts must be a positive whole number");
    }
    const count = BigInt(parts);
    const sign = this.minor < 0n ? -1n : 1n;
    const size = this.minor * sign;
    const base = size / count;
    const extra = Number(size % count);
    return Array.from({ length: parts }, (_, i) => {
      const part = i < extra ? base + 1n : base;
      return new Money(part * sign, this.currency);
    });
  }

  /** Write the amount the way {@link Money.parse} reads it. */
  toString(): string {
    const decimals = DECIMALS[this.currency];
    const sign = this.minor < 0n ? "-" : "";
    const digits = (this.minor < 0n ? -this.minor : this.minor).toString().padStart(decimals + 1, "0");
    const whole = digits.slice(0, digits.length - decimals);
    const fraction = decimals > 0 ? "." + digits.slice(-decimals) : "";
    return `${sign}${whole}${fraction} ${this.currency}`;
  }
}
