//! A calculator for reverse Polish notation.
//!
//! Each line of standard input is one expression, such as `3 4 + 2 *`.

use std::fmt;
use std::io::{self, BufRead};

/// What can go wrong in an expression.
#[derive(Debug, PartialEq, Eq)]
pub enum RpnError {
    UnknownWord(String),
    MissingOperand(String),
    DivisionByZero,
    Overflow,
    LeftOver(usize),
}

impl fmt::Display for RpnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RpnError::UnknownWord(word) => write!(f, "cannot understand {word:?}"),
            RpnError::MissingOperand(word) => write!(f, "{word} needs more operands"),
            RpnError::DivisionByZero => write!(f, "division by zero"),
            RpnError::Overflow => write!(f, "the result is too large"),
            RpnError::LeftOver(count) => write!(f, "{count} values are left"),
        }
    }
}

/// Applies an operator that takes two operands.
fn binary(word: &str, a: i64, b: i64) -> Result<i64, RpnError> {
    let result = match word {
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        "*" => a.checked_mul(b),
        "/" | "%" if b == 0 => return Err(RpnError::DivisionByZero),
        "/" => a.checked_div(b),
        "%" => a.checked_rem(b),
        "max" => Some(a.max(b)),
        "min" => Some(a.min(b)),
        _ => return Err(RpnError::UnknownWord(word.to_string())),
    };
    result.ok_or(RpnError::Overflow)
}

/// Evaluates one expression. An empty one has no value.
pub fn evaluate(expression: &str) -> Result<Option<i64>, RpnError> {
    let mut stack: Vec<i64> = Vec::new();
    for word in expression.split_whitespace() {
        if let Ok(number) = word.parse() {
            stack.push(number);
            continue;
        }
        match (word, stack.as_slice()) {
            ("dup", [.., top]) => stack.push(*top),
            ("swap", [.., _, _]) => {
                let len = stack.len();
                stack.swap(len - 1, len - 2);
            }
            ("neg", [.., top]) => {
                let negated = top.checked_neg().ok_or(RpnError::Overflow)?;
                stack.pop();
                stack.push(negated);
            }
            ("sum", _) => {
                let total = stack.drain(..).try_fold(0_i64, i64::checked_add);
                stack.push(total.ok_or(RpnError::Overflow)?);
            }
            ("dup" | "swap" | "neg", _) => return Err(RpnError::MissingOperand(word.to_string())),
            (_, &[.., a, b]) => {
                let value = binary(word, a, b)?;
                stack.truncate(stack.len() - 2);
                stack.push(value);
            }
            _ => {
                binary(word, 1, 1)?;
                return Err(RpnError::MissingOperand(word.to_string()));
            }
        }
    }
    match stack.as_slice() {
        [] => Ok(None),
        [value] => Ok(Some(*value)),
        many => Err(RpnError::LeftOver(many.len())),
    }
}

/// Evaluates every line and prints the value or the error.
fn main() -> io::Result<()> {
    for (number, line) in io::stdin().lock().lines().enumerate() {
        match evaluate(&line?) {
            Ok(Some(value)) => println!("{value}"),
            Ok(None) => {}
            Err(error) => println!("line {}: {error}", number + 1),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evaluates() {
        assert_eq!(evaluate("3 4 + 2 *"), Ok(Some(14)));
        assert_eq!(evaluate("1 2 3 sum dup *"), Ok(Some(36)));
        assert_eq!(evaluate("7 2 swap -"), Ok(Some(-5)));
        assert_eq!(evaluate("1 0 /"), Err(RpnError::DivisionByZero));
        assert_eq!(evaluate("1 +"), Err(RpnError::MissingOperand("+".into())));
        assert_eq!(evaluate("1 2"), Err(RpnError::LeftOver(2)));
    }
}
