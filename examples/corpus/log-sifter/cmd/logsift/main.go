// Command logsift filters key=value log lines from standard input.
//
// Usage:
//
//	logsift [-min level] [key=value ...] < log
//
// A line is printed when its level is at least the minimum and it has every
// given pair. A summary of what was dropped goes to standard error.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

var ranks = map[string]int{"debug": 0, "info": 1, "warn": 2, "error": 3}

// filter decides which records pass.
type filter struct {
	minRank int
	want    map[string]string
}

// parseLine splits a log line into its pairs. Values may be quoted with double
// quotes; a word without an equals sign counts as a key with an empty value.
func parseLine(line string) map[string]string {
	pairs := make(map[string]string)
	for rest := strings.TrimSpace(line); rest != ""; rest = strings.TrimLeft(rest, " \t") {
		end := strings.IndexAny(rest, "= \t")
		if end < 0 {
			pairs[rest] = ""
			break
		}
		key := rest[:end]
		if rest[end] != '=' {
			pairs[key] = ""
			rest = rest[end:]
			continue
		}
		rest = rest[end+1:]
		if strings.HasPrefix(rest, `"`) {
			value, after, _ := strings.Cut(rest[1:], `"`)
			pairs[key], rest = value, after
			continue
		}
		if end = strings.IndexAny(rest, " \t"); end < 0 {
			end = len(rest)
		}
		pairs[key], rest = rest[:end], rest[end:]
	}
	return pairs
}

// accepts reports whether a record passes; records without a known level count
// as info.
func (f filter) accepts(record map[string]string) bool {
	rank, known := ranks[record["level"]]
	if !known {
		rank = ranks["info"]
	}
	if rank < f.minRank {
		return false
	}
	for key, value := range f.want {
		if got, present := record[key]; !present || got != value {
			return false
		}
	}
	return true
}

// sift copies the accepted lines of in to out and counts both kinds.
func sift(in io.Reader, out io.Writer, f filter) (kept, dropped int, err error) {
	scanner := bufio.NewScanner(in)
	for scanner.Scan() {
		if !f.accepts(parseLine(scanner.Text())) {
			dropped++
			continue
		}
		kept++
		if _, err := fmt.Fprintln(out, scanner.Text()); err != nil {
			return kept, dropped, err
		}
	}
	return kept, dropped, scanner.Err()
}

func main() {
	level := flag.String("min", "debug", "lowest level to print")
	flag.Parse()
	rank, known := ranks[*level]
	if !known {
		fmt.Fprintf(os.Stderr, "logsift: unknown level %q\n", *level)
		os.Exit(2)
	}
	want := make(map[string]string)
	for _, arg := range flag.Args() {
		key, value, ok := strings.Cut(arg, "=")
		if !ok {
			fmt.Fprintf(os.Stderr, "logsift: %q is not key=value\n", arg)
			os.Exit(2)
		}
		want[key] = value
	}
	kept, dropped, err := sift(os.Stdin, os.Stdout, filter{minRank: rank, want: want})
	if err != nil {
		fmt.Fprintln(os.Stderr, "logsift:", err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "%d kept, %d dropped\n", kept, dropped)
}
