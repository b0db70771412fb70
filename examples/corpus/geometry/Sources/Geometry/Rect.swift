/// A rectangle with sides parallel to the axes; it may be empty.
public struct Rect: Equatable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    /// Makes a rectangle; negative sizes are turned into positive ones.
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = min(x, x + width)
        self.y = min(y, y + height)
        self.width = abs(width)
        self.height = abs(height)
    }

    public var maxX: Double { return x + width }

    public var maxY: Double { return y + height }

    public var area: Double { return width * height }

    public var isEmpty: Bool { return width == 0 || height == 0 }

    /// Returns the part that two rectangles share, or `nil` if it is empty.
    public func intersection(_ other: Rect) -> Rect? {
        let left = max(x, other.x)
        let bottom = max(y, other.y)
        let right = min(maxX, other.maxX)
        let top = min(maxY, other.maxY)
        guard left < right, bottom < top else {
            return nil
        }
        return Rect(x: left, y: bottom, width: right - left, height: top - bottom)
    }

    /// Returns the smallest rectangle that holds both.
    public func union(_ other: Rect) -> Rect {
        if isEmpty {
            return other
        }
        if other.isEmpty {
            return self
        }
        let left = min(x, other.x)
        let bottom = min(y, other.y)
        return Rect(
            x: left,
            y: bottom,
            width: max(maxX, other.maxX) - left,
            height: max(maxY, other.maxY) - bottom
        )
    }

    /// Cuts another rectangle out and returns the up to four parts that remain.
    public func subtracting(_ other: Rect) -> [Rect] {
        guard let hole = intersection(other) else {
            return isEmpty ? [] : [self]
        }
        let parts = [
            Rect(x: x, y: y, width: width, height: hole.y - y),
            Rect(x: x, y: hole.maxY, width: width, height: maxY - hole.maxY),
            Rect(x: x, y: hole.y, width: hole.x - x, height: hole.height),
            Rect(x: hole.maxX, y: hole.y, width: maxX - hole.maxX, height: hole.height),
        ]
        return parts.filter { !$0.isEmpty }
    }
}

/// Returns the area that several rectangles cover together, overlaps once.
public func coveredArea(_ rects: [Rect]) -> Double {
    var disjoint: [Rect] = []
    for rect in rects {
        var fresh = [rect]
        for known in disjoint {
            fresh = fresh.flatMap { $0.subtracting(known) }
        }
        disjoint.append(contentsOf: fresh)
    }
    return disjoint.reduce(0) { total, rect in total + rect.area }
}
