//! Fixed-point decimals with four places, enough for prices and rates.

use std::fmt;
use std::ops::{Add, Neg, Sub};
use std::str::FromStr;

const SCALE: i64 = 10_000;
const PLACES: usize = 4;

/// A number with four decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i64);

/// Why a text is not a [`Decimal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseError {
    /// The text is empty or holds something other than digits.
    Malformed,
    /// There are more than four decimal places.
    TooPrecise,
    /// The number does not fit.
    TooLarge,
}

impl Decimal {
    /// Makes a decimal from a whole number.
    pub const fn whole(value: i64) -> Self {
        Decimal(value * SCALE)
    }

    /// Multiplies and rounds half away from zero; `None` on overflow.
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let product = i128::from(self.0) * i128::from(other.0);
        let half = i128::from(SCALE / 2) * product.signum();
        let rounded = (product + half) / i128::from(SCALE);
        i64::try_from(rounded).ok().map(Decimal)
    }

    /// Divides and cuts off after four places; `None` for a zero divisor.
    pub fn checked_div(self, other: Self) -> Option<Self> {
        if other.0 == 0 {
            return None;
        }
        let quotient = i128::from(self.0) * i128::from(SCALE) / i128::from(other.0);
        i64::try_from(quotient).ok().map(Decimal)
    }

    /// Rounds to `places` decimal places, half away from zero.
    pub fn round(self, places: usize) -> Self {
        if places >= PLACES {
            return self;
        }
        let unit = 10_i64.pow((PLACES - places) as u32);
        let half = unit / 2 * self.0.signum();
        Decimal((self.0 + half) / unit * unit)
    }
}

impl FromStr for Decimal {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !numeric(whole) || !numeric(fraction) {
            return Err(ParseError::Malformed);
        }
        if fraction.len() > PLACES {
            return Err(ParseError::TooPrecise);
        }
        let value: i64 = format!("{whole}{fraction:0<PLACES$}")
            .parse()
            .map_err(|_| ParseError::TooLarge)?;
        Ok(Decimal(if negative { -value } else { value }))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        let (whole, fraction) = (size / SCALE as u64, size % SCALE as u64);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{fraction:0>PLACES$}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

impl Add for Decimal {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Decimal(self.0 + other.0)
    }
}

impl Sub for Decimal {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Decimal(self.0 - other.0)
    }
}

impl Neg for Decimal {
    type Output = Self;

    fn neg(self) -> Self {
        Decimal(-self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calculates_and_prints() {
        let price: Decimal = "19.99".parse().unwrap();
        let rate: Decimal = "0.19".parse().unwrap();
        let tax = price.checked_mul(rate).unwrap();
        assert_eq!(tax.to_string(), "3.7981");
        assert_eq!((price + tax).round(2).to_string(), "23.79");
        assert_eq!((-tax).round(1).to_string(), "-3.8");
        assert_eq!(Decimal::whole(1).checked_div(Decimal::whole(3)).unwrap().to_string(), "0.3333");
    }

    #[test]
    fn refuses_nonsense() {
        assert_eq!("1.23456".parse::<Decimal>(), Err(ParseError::TooPrecise));
        assert_eq!("-".parse::<Decimal>(), Err(ParseError::Malformed));
        assert_eq!("99999999999999999999".parse::<Decimal>(), Err(ParseError::TooLarge));
    }
}
