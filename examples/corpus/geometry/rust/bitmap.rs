//! A black-and-white picture packed into bits, with drawing and filling.

use std::fmt;

/// A picture of fixed size; all pixels start out white.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: usize,
    height: usize,
    words: Vec<u64>,
}

impl Bitmap {
    /// Makes a white picture.
    pub fn new(width: usize, height: usize) -> Self {
        let bits = width * height;
        Bitmap { width, height, words: vec![0; bits.div_ceil(64)] }
    }

    /// Returns the word and the bit of a pixel, or `None` outside the picture.
    fn locate(&self, x: i32, y: i32) -> Option<(usize, u64)> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        if x >= self.width || y >= self.height {
            return None;
        }
        let bit = y * self.width + x;
        Some((bit / 64, 1 << (bit % 64)))
    }

    /// Tells whether a pixel is black; everything outside is white.
    pub fn get(&self, x: i32, y: i32) -> bool {
        self.locate(x, y).is_some_and(|(word, bit)| self.words[word] & bit != 0)
    }

    /// Makes a pixel black; false when it was black or lies outside.
    pub fn set(&mut self, x: i32, y: i32) -> bool {
        match self.locate(x, y) {
            Some((word, bit)) => {
                let fresh = self.words[word] & bit == 0;
                self.words[word] |= bit;
                fresh
            }
            None => false,
        }
    }

    /// Counts the black pixels.
    pub fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Draws a straight line by Bresenham's algorithm, both ends included.
    pub fn line(&mut self, (mut x, mut y): (i32, i32), (x1, y1): (i32, i32)) {
        let dx = (x1 - x).abs();
        let dy = -(y1 - y).abs();
        let step_x = (x1 - x).signum();
        let step_y = (y1 - y).signum();
        let mut error = dx + dy;
        loop {
            self.set(x, y);
            if (x, y) == (x1, y1) {
                break;
            }
            let doubled = 2 * error;
            if doubled >= dy {
                error += dy;
                x += step_x;
            }
            if doubled <= dx {
                error += dx;
                y += step_y;
            }
        }
    }

    /// Blackens the white area around a pixel up to black borders; returns how
    /// many pixels changed.
    pub fn fill(&mut self, x: i32, y: i32) -> u32 {
        let before = self.count();
        let mut pending = vec![(x, y)];
        while let Some((x, y)) = pending.pop() {
            if self.set(x, y) {
                pending.extend([(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]);
            }
        }
        self.count() - before
    }
}

impl fmt::Display for Bitmap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for y in 0..self.height as i32 {
            let row: String = (0..self.width as i32)
                .map(|x| if self.get(x, y) { '#' } else { '.' })
                .collect();
            writeln!(f, "{row}")?;
        }
        Ok(())
    }
}

/// Draws a kite and fills its lower half.
fn main() {
    let mut picture = Bitmap::new(17, 11);
    let corners = [(8, 0), (16, 4), (8, 10), (0, 4), (8, 0)];
    for pair in corners.windows(2) {
        picture.line(pair[0], pair[1]);
    }
    picture.line((0, 4), (16, 4));
    let filled = picture.fill(8, 6);
    print!("{picture}");
    println!("{filled} filled, {} black", picture.count());
}
