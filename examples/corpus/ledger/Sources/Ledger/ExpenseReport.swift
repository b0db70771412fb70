/// What an expense was for.
public enum Category: String, CaseIterable {
    case travel
    case meals
    case lodging
    case other

    /// The most that is refunded for a day, in cents; `nil` for no limit.
    var dailyLimit: Int? {
        switch self {
        case .meals:
            return 3_500
        case .lodging:
            return 12_000
        case .travel, .other:
            return nil
        }
    }
}

/// A single expense.
public struct Expense {
    public let day: Int
    public let category: Category
    public let cents: Int
    public let hasReceipt: Bool

    public init(day: Int, category: Category, cents: Int, hasReceipt: Bool = true) {
        self.day = day
        self.category = category
        self.cents = cents
        self.hasReceipt = hasReceipt
    }
}

/// Why an expense report is not accepted as it is.
public enum ReportProblem: Error, Equatable {
    case notPositive(day: Int)
    case missingReceipt(day: Int, cents: Int)
}

/// Decides how much of a set of expenses is refunded.
public struct ExpenseReport {
    /// Up to this amount no receipt is needed.
    static let receiptLimit = 1_000

    private let expenses: [Expense]

    /// Makes a report.
    ///
    /// - Throws: The first `ReportProblem` in the order of the expenses.
    public init(_ expenses: [Expense]) throws {
        for expense in expenses {
            if expense.cents <= 0 {
                throw ReportProblem.notPositive(day: expense.day)
            }
            if !expense.hasReceipt && expense.cents > ExpenseReport.receiptLimit {
                throw ReportProblem.missingReceipt(day: expense.day, cents: expense.cents)
            }
        }
        self.expenses = expenses
    }

    /// Adds the expenses of a category up by day.
    private func byDay(_ category: Category) -> [Int: Int] {
        var sums: [Int: Int] = [:]
        for expense in expenses where expense.category == category {
            sums[expense.day, default: 0] += expense.cents
        }
        return sums
    }

    /// The refund for a category, with its daily limit applied.
    public func refund(for category: Category) -> Int {
        let sums = byDay(category).values
        guard let limit = category.dailyLimit else {
            return sums.reduce(0, +)
        }
        return sums.reduce(0) { total, sum in total + min(sum, limit) }
    }

    /// The refund for everything.
    public var total: Int {
        return Category.allCases.map(refund(for:)).reduce(0, +)
    }

    /// What was spent but is not refunded.
    public var shortfall: Int {
        let spent = expenses.map { $0.cents }.reduce(0, +)
        return spent - total
    }
}
