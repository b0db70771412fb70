using System;
using System.Globalization;

namespace Ledger
{
    /// <summary>An amount in cents that cannot be mixed up with a plain number.</summary>
    public readonly struct Money : IEquatable<Money>, IComparable<Money>
    {
        /// <summary>Nothing.</summary>
        public static readonly Money Zero = new Money(0);

        /// <summary>Makes an amount.</summary>
        /// <param name="cents">The amount in cents; negative for a debt.</param>
        public Money(long cents)
        {
            Cents = cents;
        }

        /// <summary>The amount in cents.</summary>
        public long Cents { get; }

        public static Money operator +(Money a, Money b) => new Money(checked(a.Cents + b.Cents));

        public static Money operator -(Money a, Money b) => new Money(checked(a.Cents - b.Cents));

        public static Money operator -(Money a) => new Money(-a.Cents);

        public static bool operator ==(Money a, Money b) => a.Cents == b.Cents;

        public static bool operator !=(Money a, Money b) => a.Cents != b.Cents;

        /// <summary>Parses a text such as "-1,234.50" or "7".</summary>
        /// <exception cref="FormatException">The text is not an amount.</exception>
        public static Money Parse(string text)
        {
            string clean = text.Trim().Replace(",", "");
            bool negative = clean.StartsWith("-", StringComparison.Ordinal);
            string[] parts = (negative ? clean.Substring(1) : clean).Split('.');
            if (parts.Length > 2 || (parts.Length == 2 && parts[1].Length > 2))
            {
                throw new FormatException("not an amount: " + text);
            }
            string fraction = parts.Length == 2 ? parts[1].PadRight(2, '0') : "00";
            if (!long.TryParse(parts[0] + fraction, NumberStyles.None,
                    CultureInfo.InvariantCulture, out long cents))
            {
                throw new FormatException("not an amount: " + text);
            }
            return new Money(negative ? -cents : cents);
        }

        /// <summary>Takes a share in hundredths of a per cent, rounding half away from zero.</summary>
        public Money Share(int basisPoints)
        {
            decimal exact = (decimal)Cents * basisPoints / 10000m;
            return new Money((long)Math.Round(exact, MidpointRounding.AwayFromZero));
        }

        public int CompareTo(Money other) => Cents.CompareTo(other.Cents);

        public bool Equals(Money other) => Cents == other.Cents;

        public override bool Equals(object obj) => obj is Money other && Equals(other);

        public override int GetHashCode() => Cents.GetHashCode();

        /// <summary>Formats the amount with thousands separators and two decimals.</summary>
        public override string ToString()
        {
            return (Cents / 100m).ToString("N2", CultureInfo.InvariantCulture);
        }
    }
}
