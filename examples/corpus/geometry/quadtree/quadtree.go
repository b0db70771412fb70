// Package quadtree stores points so that those in a rectangle are found fast.
package quadtree

// Point is a position with a label.
type Point struct {
	X, Y  float64
	Label string
}

// Rect is a half-open rectangle: it holds its left and lower edge only.
type Rect struct {
	MinX, MinY, MaxX, MaxY float64
}

// Contains reports whether p lies in r.
func (r Rect) Contains(p Point) bool {
	return p.X >= r.MinX && p.X < r.MaxX && p.Y >= r.MinY && p.Y < r.MaxY
}

// Overlaps reports whether the rectangles have any area in common.
func (r Rect) Overlaps(other Rect) bool {
	return r.MinX < other.MaxX && other.MinX < r.MaxX &&
		r.MinY < other.MaxY && other.MinY < r.MaxY
}

// quarter returns one of the four equal parts of r: bit 0 of i selects the
// right half, bit 1 the upper half.
func (r Rect) quarter(i int) Rect {
	midX, midY := (r.MinX+r.MaxX)/2, (r.MinY+r.MaxY)/2
	result := r
	if i&1 == 0 {
		result.MaxX = midX
	} else {
		result.MinX = midX
	}
	if i&2 == 0 {
		result.MaxY = midY
	} else {
		result.MinY = midY
	}
	return result
}

const (
	bucket   = 4  // points in a leaf before it splits
	maxDepth = 16 // leaves at this depth never split
)

// Tree holds points within fixed bounds.
type Tree struct {
	bounds   Rect
	depth    int
	points   []Point
	children *[4]Tree
}

// New returns an empty tree for points within bounds.
func New(bounds Rect) *Tree {
	return &Tree{bounds: bounds}
}

// Insert adds p and reports whether it lies within the bounds.
func (t *Tree) Insert(p Point) bool {
	if !t.bounds.Contains(p) {
		return false
	}
	if t.children == nil {
		t.points = append(t.points, p)
		if len(t.points) > bucket && t.depth < maxDepth {
			t.split()
		}
		return true
	}
	for i := range t.children {
		if t.children[i].Insert(p) {
			return true
		}
	}
	return false
}

// split hands the points of a leaf to four new leaves.
func (t *Tree) split() {
	t.children = new([4]Tree)
	for i := range t.children {
		t.children[i] = Tree{bounds: t.bounds.quarter(i), depth: t.depth + 1}
	}
	points := t.points
	t.points = nil
	for _, p := range points {
		t.Insert(p)
	}
}

// Search appends the points in area to found and returns it.
func (t *Tree) Search(area Rect, found []Point) []Point {
	if !t.bounds.Overlaps(area) {
		return found
	}
	for _, p := range t.points {
		if area.Contains(p) {
			found = append(found, p)
		}
	}
	if t.children != nil {
		for i := range t.children {
			found = t.children[i].Search(area, found)
		}
	}
	return found
}

// Len returns the number of points in the tree.
func (t *Tree) Len() int {
	count := len(t.points)
	if t.children != nil {
		for i := range t.children {
			count += t.children[i].Len()
		}
	}
	return count
}
