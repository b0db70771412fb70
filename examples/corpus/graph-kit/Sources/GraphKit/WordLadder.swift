/// Ladders between words: each step changes one letter and gives a known word.
public final class WordLadder {
    private let words: Set<String>
    private var byPattern: [String: [String]] = [:]

    /// Makes ladders over a list of words.
    ///
    /// Words are indexed by patterns such as `c*t`, so that the neighbours of a
    /// word are found without comparing it to every other one.
    public init<S: Sequence>(words: S) where S.Element == String {
        self.words = Set(words)
        for word in self.words.sorted() {
            for pattern in WordLadder.patterns(of: word) {
                byPattern[pattern, default: []].append(word)
            }
        }
    }

    /// Returns the word with each letter in turn replaced by an asterisk.
    static func patterns(of word: String) -> [String] {
        let letters = Array(word)
        var result: [String] = []
        for index in letters.indices {
            var copy = letters
            copy[index] = "*"
            result.append(String(copy))
        }
        return result
    }

    /// Returns the known words that differ from `word` in one letter.
    public func neighbours(of word: String) -> [String] {
        var found: [String] = []
        for pattern in WordLadder.patterns(of: word) {
            let group = byPattern[pattern] ?? []
            found.append(contentsOf: group.filter { $0 != word })
        }
        return found
    }

    /// Finds a shortest ladder.
    ///
    /// - Parameters:
    ///   - start: The first word; it need not be a known one.
    ///   - goal: The last word.
    /// - Returns: All words of the ladder, or `nil` when there is none.
    public func climb(from start: String, to goal: String) -> [String]? {
        guard words.contains(goal), start.count == goal.count else {
            return nil
        }
        var previous: [String: String] = [:]
        var queue = [start]
        var head = 0
        while head < queue.count {
            let word = queue[head]
            head += 1
            if word == goal {
                return trace(back: previous, from: goal, to: start)
            }
            for next in neighbours(of: word) where next != start && previous[next] == nil {
                previous[next] = word
                queue.append(next)
            }
        }
        return nil
    }

    /// Follows the links from the goal back to the start.
    private func trace(back previous: [String: String], from goal: String, to start: String) -> [String] {
        var ladder = [goal]
        while let word = ladder.last, word != start, let before = previous[word] {
            ladder.append(before)
        }
        return Array(ladder.reversed())
    }
}
