// Package diff compares two texts line by line.
package diff

import "strings"

// Op says what happened to a line.
type Op byte

// The operations of an edit script.
const (
	Keep   Op = ' '
	Delete Op = '-'
	Insert Op = '+'
)

// Edit is one line of an edit script.
type Edit struct {
	Op   Op
	Text string
}

// String returns the line with its operation in front, as in a unified diff.
func (e Edit) String() string {
	return string(e.Op) + e.Text
}

// lengths returns a table in which cell [i][j] is the length of the longest
// common subsequence of a[i:] and b[j:].
func lengths(a, b []string) [][]int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			switch {
			case a[i] == b[j]:
				table[i][j] = table[i+1][j+1] + 1
			case table[i+1][j] >= table[i][j+1]:
				table[i][j] = table[i+1][j]
			default:
				table[i][j] = table[i][j+1]
			}
		}
	}
	return table
}

// Lines returns the shortest edit script that turns a into b. Where there is a
// choice, deletions come before insertions.
func Lines(a, b []string) []Edit {
	table := lengths(a, b)
	script := make([]Edit, 0, len(a)+len(b))
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			script = append(script, Edit{Keep, a[i]})
			i++
			j++
		case table[i+1][j] >= table[i][j+1]:
			script = append(script, Edit{Delete, a[i]})
			i++
		default:
			script = append(script, Edit{Insert, b[j]})
			j++
		}
	}
	for ; i < len(a); i++ {
		script = append(script, Edit{Delete, a[i]})
	}
	for ; j < len(b); j++ {
		script = append(script, Edit{Insert, b[j]})
	}
	return script
}

// Context drops kept lines that are further than n lines from any change. A
// dropped stretch is replaced by a single kept line "...".
func Context(script []Edit, n int) []Edit {
	near := make([]bool, len(script))
	for i, edit := range script {
		if edit.Op == Keep {
			continue
		}
		for k := i - n; k <= i+n; k++ {
			if k >= 0 && k < len(script) {
				near[k] = true
			}
		}
	}
	var result []Edit
	for i, edit := range script {
		if near[i] {
			result = append(result, edit)
		} else if i == 0 || near[i-1] {
			result = append(result, Edit{Keep, "..."})
		}
	}
	return result
}

// Format joins the script into a text with one edit on each line.
func Format(script []Edit) string {
	var out strings.Builder
	for _, edit := range script {
		out.WriteString(edit.String())
		out.WriteByte('\n')
	}
	return out.String()
}
