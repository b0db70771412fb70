/// A place in a warehouse: an aisle and a bay in it.
public struct Location: Hashable {
    public let aisle: Int
    public let bay: Int

    public init(aisle: Int, bay: Int) {
        self.aisle = aisle
        self.bay = bay
    }
}

/// Plans the walk of someone who picks articles from the shelves.
///
/// Aisles run side by side and can be entered at both ends. The walk begins and
/// ends at the front of aisle 0.
public struct PickRoute {
    /// Steps between neighbouring aisles.
    static let aisleGap = 3

    public let aisleLength: Int

    public init(aisleLength: Int) {
        precondition(aisleLength > 0, "an aisle needs at least one bay")
        self.aisleLength = aisleLength
    }

    /// Groups the bays to visit by aisle.
    private func baysByAisle(_ picks: [Location]) -> [(aisle: Int, bays: [Int])] {
        let groups = Dictionary(grouping: Set(picks), by: { $0.aisle })
        return groups.keys.sorted().map { aisle in
            let bays = (groups[aisle] ?? []).map { $0.bay }
            return (aisle, bays.sorted())
        }
    }

    /// Returns the picks in the order of an S-shaped walk: the first aisle that
    /// is needed is walked from front to back, the next from back to front.
    public func serpentine(_ picks: [Location]) -> [Location] {
        var route: [Location] = []
        var fromFront = true
        for (aisle, bays) in baysByAisle(picks) {
            let ordered = fromFront ? bays : bays.reversed()
            route += ordered.map { Location(aisle: aisle, bay: $0) }
            fromFront.toggle()
        }
        return route
    }

    /// Counts the steps of the S-shaped walk.
    public func serpentineLength(_ picks: [Location]) -> Int {
        let groups = baysByAisle(picks)
        guard let last = groups.last else {
            return 0
        }
        let across = 2 * last.aisle * PickRoute.aisleGap
        var along = groups.count * aisleLength
        if groups.count % 2 == 1, let deepest = last.bays.last {
            // The walk would end at the back, so turn round in the last aisle.
            along += 2 * deepest - aisleLength
        }
        return across + along
    }

    /// Counts the steps when every aisle is left where it was entered.
    public func returnLength(_ picks: [Location]) -> Int {
        let groups = baysByAisle(picks)
        guard let last = groups.last else {
            return 0
        }
        let along = groups.reduce(0) { steps, group in steps + 2 * (group.bays.last ?? 0) }
        return 2 * last.aisle * PickRoute.aisleGap + along
    }

    /// Names the shorter of both walks; the S-shaped one wins a tie.
    public func advice(for picks: [Location]) -> String {
        let winding = serpentineLength(picks)
        let returning = returnLength(picks)
        if winding <= returning {
            return "walk through the aisles: \(winding) steps"
        }
        return "turn round in the aisles: \(returning) steps"
    }
}
