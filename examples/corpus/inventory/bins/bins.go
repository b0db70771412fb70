// Command bins packs parcels into boxes by several rules and compares them.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
)

const boxSize = 20

// rule picks the box for a parcel out of those with enough room, given the free
// space of every box; -1 opens a new one.
type rule func(free []int, parcel int) int

// firstFit takes the first box with room.
func firstFit(free []int, parcel int) int {
	for i, room := range free {
		if room >= parcel {
			return i
		}
	}
	return -1
}

// bestFit takes the box that would be left with the least room.
func bestFit(free []int, parcel int) int {
	best := -1
	for i, room := range free {
		if room >= parcel && (best < 0 || room < free[best]) {
			best = i
		}
	}
	return best
}

// nextFit looks only at the last box.
func nextFit(free []int, parcel int) int {
	last := len(free) - 1
	if last >= 0 && free[last] >= parcel {
		return last
	}
	return -1
}

// pack places the parcels in order and returns the contents of each box.
func pack(parcels []int, choose rule) [][]int {
	var boxes [][]int
	var free []int
	for _, parcel := range parcels {
		i := choose(free, parcel)
		if i < 0 {
			boxes = append(boxes, nil)
			free = append(free, boxSize)
			i = len(boxes) - 1
		}
		boxes[i] = append(boxes[i], parcel)
		free[i] -= parcel
	}
	return boxes
}

// sortedDown returns a copy of the parcels, largest first.
func sortedDown(parcels []int) []int {
	result := append([]int(nil), parcels...)
	sort.Sort(sort.Reverse(sort.IntSlice(result)))
	return result
}

// parseParcels reads sizes between 1 and boxSize.
func parseParcels(args []string) ([]int, error) {
	var parcels []int
	for _, arg := range args {
		size, err := strconv.Atoi(arg)
		if err != nil || size < 1 || size > boxSize {
			return nil, fmt.Errorf("%q is not a size from 1 to %d", arg, boxSize)
		}
		parcels = append(parcels, size)
	}
	return parcels, nil
}

func main() {
	parcels := []int{11, 4, 9, 16, 7, 2, 13, 6, 8, 3, 12, 5}
	if len(os.Args) > 1 {
		var err error
		if parcels, err = parseParcels(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "bins:", err)
			os.Exit(2)
		}
	}
	volume := 0
	for _, parcel := range parcels {
		volume += parcel
	}
	fmt.Printf("at least %d boxes are needed\n", (volume+boxSize-1)/boxSize)
	rules := []struct {
		name   string
		choose rule
	}{{"next fit", nextFit}, {"first fit", firstFit}, {"best fit", bestFit}}
	for _, r := range rules {
		fmt.Printf("%-10s %d boxes, %d when sorted\n", r.name,
			len(pack(parcels, r.choose)), len(pack(sortedDown(parcels), r.choose)))
	}
	fmt.Println(pack(sortedDown(parcels), bestFit))
}
