/// Reports which of the line segments given on standard input cross.
///
/// Each line holds "x1 y1 x2 y2" as whole numbers. Lines that cannot be read
/// are counted and skipped. Touching counts as crossing.
#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

struct Point {
    long long x, y;
};

struct Segment {
    Point a, b;
};

/// Sign of the turn a -> b -> c: 1 to the left, -1 to the right, 0 straight on.
int turn(const Point& a, const Point& b, const Point& c) {
    long long cross = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    return (cross > 0) - (cross < 0);
}

/// True when `p`, known to lie on the line of `s`, lies between its ends.
bool within(const Segment& s, const Point& p) {
    return std::min(s.a.x, s.b.x) <= p.x && p.x <= std::max(s.a.x, s.b.x) &&
           std::min(s.a.y, s.b.y) <= p.y && p.y <= std::max(s.a.y, s.b.y);
}

/// True when the segments have at least one point in common.
bool crosses(const Segment& s, const Segment& t) {
    int ta = turn(s.a, s.b, t.a);
    int tb = turn(s.a, s.b, t.b);
    int sa = turn(t.a, t.b, s.a);
    int sb = turn(t.a, t.b, s.b);
    if (ta != tb && sa != sb) {
        return true;
    }
    if (ta == 0 && within(s, t.a)) return true;
    if (tb == 0 && within(s, t.b)) return true;
    if (sa == 0 && within(t, s.a)) return true;
    return sb == 0 && within(t, s.b);
}

/// Reads all segments; `skipped` receives the number of bad lines.
std::vector<Segment> read_segments(std::istream& in, int& skipped) {
    std::vector<Segment> segments;
    std::string line;
    while (std::getline(in, line)) {
        std::istringstream fields(line);
        Segment s{};
        std::string rest;
        if (fields >> s.a.x >> s.a.y >> s.b.x >> s.b.y && !(fields >> rest)) {
            segments.push_back(s);
        } else if (!line.empty()) {
            ++skipped;
        }
    }
    return segments;
}

int main() {
    int skipped = 0;
    const auto segments = read_segments(std::cin, skipped);
    int found = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        for (std::size_t j = i + 1; j < segments.size(); ++j) {
            if (crosses(segments[i], segments[j])) {
                std::cout << i + 1 << " crosses " << j + 1 << '\n';
                ++found;
            }
        }
    }
    std::cout << segments.size() << " segments, " << found << " crossings, " << skipped
              << " bad lines\n";
    return 0;
}
