// Package cron reads the five-field schedules of crontab files and finds the
// next minute at which one fires. Dates are plain numbers; no clock is read.
package cron

import (
	"fmt"
	"strconv"
	"strings"
)

// Moment is a minute of a year without leap day.
type Moment struct {
	Month, Day, Weekday, Hour, Minute int
}

// field is a set of permitted values, one bit for each.
type field uint64

func (f field) has(value int) bool { return f&(1<<uint(value)) != 0 }

// Schedule says at which minutes something runs.
type Schedule struct {
	minute, hour, day, month, weekday field
}

var limits = [5]struct {
	name     string
	min, max int
}{{"minute", 0, 59}, {"hour", 0, 23}, {"day", 1, 31}, {"month", 1, 12}, {"weekday", 0, 6}}

var daysIn = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// Parse reads a schedule such as "*/15 8-17 * * 1,3,5".
func Parse(text string) (Schedule, error) {
	parts := strings.Fields(text)
	if len(parts) != 5 {
		return Schedule{}, fmt.Errorf("cron: want 5 fields, got %d", len(parts))
	}
	var fields [5]field
	for i, part := range parts {
		for _, item := range strings.Split(part, ",") {
			bits, err := parseItem(item, limits[i].min, limits[i].max)
			if err != nil {
				return Schedule{}, fmt.Errorf("cron: %s: %w", limits[i].name, err)
			}
			fields[i] |= bits
		}
	}
	return Schedule{fields[0], fields[1], fields[2], fields[3], fields[4]}, nil
}

// parseItem reads one item of a list: "*", "7", "1-5", each with "/step".
func parseItem(item string, min, max int) (field, error) {
	span, stepText, hasStep := strings.Cut(item, "/")
	step := 1
	if hasStep {
		var err error
		if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
			return 0, fmt.Errorf("bad step %q", stepText)
		}
	}
	first, last := min, max
	if span != "*" {
		low, high, isRange := strings.Cut(span, "-")
		var err error
		if first, err = strconv.Atoi(low); err != nil {
			return 0, fmt.Errorf("bad value %q", low)
		}
		if isRange {
			if last, err = strconv.Atoi(high); err != nil {
				return 0, fmt.Errorf("bad value %q", high)
			}
		} else if !hasStep {
			last = first
		}
	}
	if first < min || last > max || first > last {
		return 0, fmt.Errorf("%q is outside %d-%d", item, min, max)
	}
	var bits field
	for value := first; value <= last; value += step {
		bits |= 1 << uint(value)
	}
	return bits, nil
}

// Matches reports whether the schedule fires at m.
func (s Schedule) Matches(m Moment) bool {
	return s.month.has(m.Month) && s.day.has(m.Day) && s.weekday.has(m.Weekday) &&
		s.hour.has(m.Hour) && s.minute.has(m.Minute)
}

// advance returns the following minute; after December comes January.
func (m Moment) advance() Moment {
	if m.Minute++; m.Minute < 60 {
		return m
	}
	m.Minute = 0
	if m.Hour++; m.Hour < 24 {
		return m
	}
	m.Hour = 0
	m.Weekday = (m.Weekday + 1) % 7
	if m.Day++; m.Day <= daysIn[m.Month] {
		return m
	}
	m.Day = 1
	m.Month = m.Month%12 + 1
	return m
}

// Next returns the first minute after m at which the schedule fires, searching
// a year ahead; ok is false when it never does.
func (s Schedule) Next(m Moment) (next Moment, ok bool) {
	for i := 0; i < 365*24*60; i++ {
		m = m.advance()
		if s.Matches(m) {
			return m, true
		}
	}
	return Moment{}, false
}
