// Command split divides an amount of money by weights without losing a cent.
//
// Usage:
//
//	split AMOUNT NAME=WEIGHT ...
//
// Shares are rounded down first; the cents left over go to the largest
// remainders, ties to the name given first.
package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
)

// party is someone who takes part in the division.
type party struct {
	name      string
	weight    int64
	cents     int64
	remainder int64
}

// parseCents reads an amount such as "12", "12.5" or "12.50".
func parseCents(text string) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) > 2 {
		return 0, fmt.Errorf("%q has more than two decimals", text)
	}
	cents, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil || cents < 0 {
		return 0, fmt.Errorf("%q is not an amount", text)
	}
	return cents, nil
}

// parseParties reads the NAME=WEIGHT arguments.
func parseParties(args []string) ([]party, error) {
	var parties []party
	for _, arg := range args {
		name, text, ok := strings.Cut(arg, "=")
		if !ok {
			text = "1"
		}
		weight, err := strconv.ParseInt(text, 10, 32)
		if err != nil || weight < 0 || name == "" {
			return nil, fmt.Errorf("%q is not NAME=WEIGHT", arg)
		}
		parties = append(parties, party{name: name, weight: weight})
	}
	return parties, nil
}

// divide sets the cents of every party; the sum is exactly total.
func divide(total int64, parties []party) error {
	var weights int64
	for _, p := range parties {
		weights += p.weight
	}
	if weights == 0 {
		return errors.New("the weights add up to nothing")
	}
	left := total
	order := make([]int, len(parties))
	for i := range parties {
		p := &parties[i]
		p.cents = total * p.weight / weights
		p.remainder = total * p.weight % weights
		left -= p.cents
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool {
		return parties[order[a]].remainder > parties[order[b]].remainder
	})
	for _, i := range order[:left] {
		parties[i].cents++
	}
	return nil
}

func main() {
	args := os.Args[1:]
	if len(args) == 0 {
		args = []string{"100.00", "ida=1", "jon=1", "kim=1"}
	}
	total, err := parseCents(args[0])
	if err == nil {
		var parties []party
		if parties, err = parseParties(args[1:]); err == nil {
			if err = divide(total, parties); err == nil {
				for _, p := range parties {
					fmt.Printf("%-8s %d.%02d\n", p.name, p.cents/100, p.cents%100)
				}
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "split:", err)
		os.Exit(2)
	}
}
