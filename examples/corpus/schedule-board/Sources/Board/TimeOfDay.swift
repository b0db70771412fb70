/// A time of day with a resolution of minutes; it wraps around at midnight.
public struct TimeOfDay: Hashable, Comparable, CustomStringConvertible {
    /// Minutes since midnight, from 0 to 1439.
    public let minutes: Int

    private static let day = 24 * 60

    /// Makes a time; numbers outside a day wrap around.
    public init(minutes: Int) {
        let rest = minutes % TimeOfDay.day
        self.minutes = rest < 0 ? rest + TimeOfDay.day : rest
    }

    /// Reads a time such as `8:05`, `17:30`, `8am` or `12:15pm`.
    ///
    /// - Returns: `nil` when the text is not a time.
    public init?(_ text: String) {
        var digits = text.lowercased()
        var isAfternoon: Bool?
        if digits.hasSuffix("am") || digits.hasSuffix("pm") {
            isAfternoon = digits.hasSuffix("pm")
            digits.removeLast(2)
        }
        let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, var hour = Int(first) else {
            return nil
        }
        let minuteField = parts.count == 2 ? Int(parts[1]) : 0
        guard let minute = minuteField, (0..<60).contains(minute) else {
            return nil
        }
        if let isAfternoon = isAfternoon {
            guard (1...12).contains(hour) else {
                return nil
            }
            hour = hour % 12 + (isAfternoon ? 12 : 0)
        } else if parts.count == 1 || !(0..<24).contains(hour) {
            return nil
        }
        self.init(minutes: hour * 60 + minute)
    }

    public var hour: Int {
        return minutes / 60
    }

    public var minute: Int {
        return minutes % 60
    }

    /// The time on a 24-hour clock, such as `08:05`.
    public var description: String {
        func twoDigits(_ number: Int) -> String {
            return number < 10 ? "0\(number)" : "\(number)"
        }
        return twoDigits(hour) + ":" + twoDigits(minute)
    }

    /// Returns the time some minutes later.
    public func advanced(by minutes: Int) -> TimeOfDay {
        return TimeOfDay(minutes: self.minutes + minutes)
    }

    /// Returns how many minutes pass until the clock next shows `other`.
    public func duration(until other: TimeOfDay) -> Int {
        let difference = other.minutes - minutes
        return difference >= 0 ? difference : difference + TimeOfDay.day
    }

    /// Rounds to the nearest multiple of `step` minutes, halves up.
    public func rounded(toMultipleOf step: Int) -> TimeOfDay {
        precondition(step > 0, "a step must be positive")
        return TimeOfDay(minutes: (minutes + step / 2) / step * step)
    }

    public static func < (lhs: TimeOfDay, rhs: TimeOfDay) -> Bool {
        return lhs.minutes < rhs.minutes
    }
}
