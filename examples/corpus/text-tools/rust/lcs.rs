//! Longest common subsequences of words, and a similarity built on them.

use std::env;
use std::process::ExitCode;

/// Returns the longest sequence of items that occurs in both slices in order.
///
/// When there are several, the one that uses the earliest items of `a` wins.
pub fn lcs<'a, T: PartialEq>(a: &'a [T], b: &[T]) -> Vec<&'a T> {
    let mut table = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            table[i][j] = if a[i] == b[j] {
                table[i + 1][j + 1] + 1
            } else {
                table[i + 1][j].max(table[i][j + 1])
            };
        }
    }
    let mut result = Vec::with_capacity(table[0][0]);
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            result.push(&a[i]);
            i += 1;
            j += 1;
        } else if table[i][j + 1] >= table[i + 1][j] {
            j += 1;
        } else {
            i += 1;
        }
    }
    result
}

/// Returns how alike two texts are, from 0.0 to 1.0, comparing word by word.
pub fn similarity(a: &str, b: &str) -> f64 {
    let a: Vec<&str> = a.split_whitespace().collect();
    let b: Vec<&str> = b.split_whitespace().collect();
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    2.0 * lcs(&a, &b).len() as f64 / (a.len() + b.len()) as f64
}

/// Compares the two texts given as arguments, or two lines of a nursery rhyme.
fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let (a, b) = match args.as_slice() {
        [] => (
            "the cow jumped over the moon".to_string(),
            "the dish ran away over the hill".to_string(),
        ),
        [a, b] => (a.clone(), b.clone()),
        _ => {
            eprintln!("usage: lcs [TEXT TEXT]");
            return ExitCode::from(2);
        }
    };
    let words_a: Vec<&str> = a.split_whitespace().collect();
    let words_b: Vec<&str> = b.split_whitespace().collect();
    let common: Vec<&str> = lcs(&words_a, &words_b).into_iter().copied().collect();
    println!("common: {}", common.join(" "));
    println!("similarity: {:.3}", similarity(&a, &b));
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order() {
        assert_eq!(lcs(b"ABCBDAB", b"BDCABA").len(), 4);
        assert!(lcs(b"", b"x").is_empty());
    }

    #[test]
    fn similarity_of_equal_texts() {
        assert_eq!(similarity("a b c", "a  b c"), 1.0);
        assert_eq!(similarity("a", "b"), 0.0);
    }
}
