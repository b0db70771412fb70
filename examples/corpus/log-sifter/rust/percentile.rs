//! Percentiles of response times from standard input, one number to a line.

use std::io::{self, BufRead};

/// A histogram whose buckets double in width, so that it stays small however
/// many values it counts.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    max: u64,
}

/// Every power of two is divided into this many buckets.
const SUBDIVISIONS: u64 = 8;

/// Returns the bucket of a value.
fn bucket_of(value: u64) -> usize {
    if value < SUBDIVISIONS {
        return value as usize;
    }
    let exponent = 63 - u64::from(value.leading_zeros());
    let shift = exponent - SUBDIVISIONS.trailing_zeros() as u64;
    let within = (value >> shift) - SUBDIVISIONS;
    ((shift + 1) * SUBDIVISIONS + within) as usize
}

/// Returns the largest value that falls into a bucket.
fn upper_bound(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < SUBDIVISIONS {
        return bucket;
    }
    let shift = bucket / SUBDIVISIONS - 1;
    let within = bucket % SUBDIVISIONS;
    ((SUBDIVISIONS + within + 1) << shift) - 1
}

impl Histogram {
    /// Counts a value.
    pub fn record(&mut self, value: u64) {
        let bucket = bucket_of(value);
        if bucket >= self.buckets.len() {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.count += 1;
        self.max = self.max.max(value);
    }

    /// Returns a value that at least `percent` per cent of the values do not
    /// exceed, accurate to an eighth; `None` without values.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        if self.count == 0 {
            return None;
        }
        let rank = (self.count * percent.min(100)).div_ceil(100).max(1);
        let mut seen = 0;
        for (bucket, &count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Some(upper_bound(bucket).min(self.max));
            }
        }
        Some(self.max)
    }
}

/// Prints the usual percentiles; lines that are not numbers are counted.
fn main() -> io::Result<()> {
    let mut histogram = Histogram::default();
    let mut bad = 0;
    for line in io::stdin().lock().lines() {
        match line?.trim().parse() {
            Ok(value) => histogram.record(value),
            Err(_) => bad += 1,
        }
    }
    for percent in [50, 90, 99, 100] {
        match histogram.percentile(percent) {
            Some(value) => println!("p{percent}: {value}"),
            None => println!("p{percent}: no values"),
        }
    }
    if bad > 0 {
        eprintln!("{bad} lines are not numbers");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_enclose_their_values() {
        for value in (0..5000).chain([u32::MAX as u64, 1 << 40]) {
            let bucket = bucket_of(value);
            assert!(value <= upper_bound(bucket));
            assert!(bucket == 0 || value > upper_bound(bucket - 1));
        }
    }

    #[test]
    fn percentiles_of_small_numbers_are_exact() {
        let mut histogram = Histogram::default();
        (1..=7).for_each(|value| histogram.record(value));
        assert_eq!(histogram.percentile(50), Some(4));
        assert_eq!(histogram.percentile(0), Some(1));
        assert_eq!(Histogram::default().percentile(50), None);
    }
}
