/// A* search on a grid with terrain costs.
///
/// Usage: grid_astar < map
///
/// The map has one row to a line: digits are the cost of entering a cell, '#'
/// cannot be entered. The way leads from the top left to the bottom right.
#include <cstdlib>
#include <iostream>
#include <limits>
#include <queue>
#include <string>
#include <vector>

namespace {

struct Cell {
    int row;
    int column;
};

/// An entry of the open list; the cell with the lowest estimate comes first.
struct Candidate {
    int estimate;
    int cost;
    Cell cell;

    bool operator>(const Candidate& other) const {
        return estimate != other.estimate ? estimate > other.estimate : cost < other.cost;
    }
};

class Grid {
public:
    explicit Grid(std::vector<std::string> rows) : rows_(std::move(rows)) {}

    int height() const { return static_cast<int>(rows_.size()); }
    int width() const { return rows_.empty() ? 0 : static_cast<int>(rows_[0].size()); }

    /// True when every row is equally long.
    bool rectangular() const {
        for (const auto& row : rows_) {
            if (static_cast<int>(row.size()) != width()) {
                return false;
            }
        }
        return !rows_.empty();
    }

    /// Cost of entering a cell, or -1 when that is impossible.
    int cost(Cell cell) const {
        if (cell.row < 0 || cell.row >= height() || cell.column < 0 || cell.column >= width()) {
            return -1;
        }
        char c = rows_[cell.row][cell.column];
        return c >= '1' && c <= '9' ? c - '0' : -1;
    }

    /// Position of a cell in a flat array.
    int index(Cell cell) const { return cell.row * width() + cell.column; }

private:
    std::vector<std::string> rows_;
};

/// Steps that are needed at least; every step costs at least one.
int manhattan(Cell from, Cell to) {
    return std::abs(from.row - to.row) + std::abs(from.column - to.column);
}

/// Returns the cheapest cost from `start` to `goal`, or -1. `looked_at` counts
/// the cells that were settled.
int cheapest(const Grid& grid, Cell start, Cell goal, int& looked_at) {
    constexpr int steps[4][2] = {{0, 1}, {1, 0}, {0, -1}, {-1, 0}};
    std::vector<int> best(grid.height() * grid.width(), std::numeric_limits<int>::max());
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> open;

    best[grid.index(start)] = 0;
    open.push({manhattan(start, goal), 0, start});
    while (!open.empty()) {
        Candidate current = open.top();
        open.pop();
        if (current.cost > best[grid.index(current.cell)]) {
            continue;
        }
        ++looked_at;
        if (grid.index(current.cell) == grid.index(goal)) {
            return current.cost;
        }
        for (const auto& step : steps) {
            Cell next{current.cell.row + step[0], current.cell.column + step[1]};
            int entering = grid.cost(next);
            if (entering < 0 || current.cost + entering >= best[grid.index(next)]) {
                continue;
            }
            best[grid.index(next)] = current.cost + entering;
            open.push({best[grid.index(next)] + manhattan(next, goal), best[grid.index(next)], next});
        }
    }
    return -1;
}

}  // namespace

int main() {
    std::vector<std::string> rows;
    for (std::string line; std::getline(std::cin, line);) {
        rows.push_back(line);
    }
    Grid grid(rows);
    if (!grid.rectangular()) {
        std::cerr << "grid_astar: the map must be a rectangle\n";
        return 2;
    }
    int looked_at = 0;
    int cost = cheapest(grid, {0, 0}, {grid.height() - 1, grid.width() - 1}, looked_at);
    if (cost < 0) {
        std::cout << "no way, " << looked_at << " cells looked at\n";
        return 1;
    }
    std::cout << "cost " << cost << ", " << looked_at << " cells looked at\n";
    return 0;
}
