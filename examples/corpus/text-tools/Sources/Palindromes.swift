/// Finds palindromes in texts, ignoring case and everything but letters.
public struct PalindromeFinder {
    private let letters: [Character]

    /// The places of the letters in the original text, counted in characters.
    private let offsets: [Int]

    /// Prepares a text for searching.
    ///
    /// - Parameter text: The text; its letters are compared in lower case.
    public init(_ text: String) {
        var letters: [Character] = []
        var offsets: [Int] = []
        for (offset, character) in text.enumerated() where character.isLetter {
            letters.append(contentsOf: character.lowercased())
            while offsets.count < letters.count {
                offsets.append(offset)
            }
        }
        self.letters = letters
        self.offsets = offsets
    }

    /// Tells whether the whole text reads the same in both directions. A text
    /// without letters does not count.
    public var isPalindrome: Bool {
        var left = 0
        var right = letters.count - 1
        while left < right {
            if letters[left] != letters[right] {
                return false
            }
            left += 1
            right -= 1
        }
        return !letters.isEmpty
    }

    /// Grows a palindrome outwards and returns the range of letters it covers.
    private func expand(from left: Int, to right: Int) -> Range<Int> {
        var low = left
        var high = right
        while low >= 0 && high < letters.count && letters[low] == letters[high] {
            low -= 1
            high += 1
        }
        return (low + 1)..<high
    }

    /// Finds the longest palindrome; the first one wins a tie.
    ///
    /// - Returns: The range of characters in the original text, or `nil` when
    ///   the text holds no letters.
    public func longest() -> ClosedRange<Int>? {
        var best = 0..<0
        for centre in letters.indices {
            let odd = expand(from: centre, to: centre)
            let even = expand(from: centre, to: centre + 1)
            for candidate in [odd, even] where candidate.count > best.count {
                best = candidate
            }
        }
        if best.isEmpty {
            return nil
        }
        return offsets[best.lowerBound]...offsets[best.upperBound - 1]
    }
}

let examples = ["Never odd or even", "I saw a racecar pass", "No luck, sorry", "?!"]
for example in examples {
    let finder = PalindromeFinder(example)
    if finder.isPalindrome {
        print("\(example): all of it")
    } else if let range = finder.longest() {
        print("\(example): \(String(Array(example)[range]))")
    } else {
        print("\(example): no letters")
    }
}
