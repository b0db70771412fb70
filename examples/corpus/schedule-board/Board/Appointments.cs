using System;
using System.Collections.Generic;
using System.Linq;

namespace Board
{
    /// <summary>A stretch of the day, in minutes since midnight.</summary>
    public sealed class Appointment
    {
        public Appointment(string title, int start, int end, int value)
        {
            if (start >= end)
            {
                throw new ArgumentException("an appointment must end after it starts", nameof(end));
            }
            Title = title;
            Start = start;
            End = end;
            Value = value;
        }

        public string Title { get; }

        public int Start { get; }

        public int End { get; }

        /// <summary>How much the appointment matters.</summary>
        public int Value { get; }

        /// <summary>Tells whether two appointments share a minute.</summary>
        public bool Overlaps(Appointment other) => Start < other.End && other.Start < End;
    }

    /// <summary>Chooses appointments that do not overlap.</summary>
    public static class Planner
    {
        /// <summary>Returns as many appointments as possible: always the one that ends first.</summary>
        public static List<Appointment> Most(IEnumerable<Appointment> wishes)
        {
            var chosen = new List<Appointment>();
            foreach (Appointment wish in wishes.OrderBy(w => w.End).ThenBy(w => w.Start))
            {
                if (chosen.Count == 0 || chosen[chosen.Count - 1].End <= wish.Start)
                {
                    chosen.Add(wish);
                }
            }
            return chosen;
        }

        /// <summary>Returns the appointments with the largest total value.</summary>
        /// <remarks>
        /// best[i] is the largest value that the first i appointments, in order of their
        /// end, allow; each is either left out or added to those that end before it.
        /// </remarks>
        public static List<Appointment> Best(IEnumerable<Appointment> wishes)
        {
            Appointment[] sorted = wishes.OrderBy(w => w.End).ToArray();
            var best = new int[sorted.Length + 1];
            var before = new int[sorted.Length];
            for (int i = 0; i < sorted.Length; i++)
            {
                before[i] = EndingBy(sorted, sorted[i].Start, i);
                best[i + 1] = Math.Max(best[i], best[before[i]] + sorted[i].Value);
            }
            var chosen = new List<Appointment>();
            for (int i = sorted.Length; i > 0;)
            {
                if (best[i] == best[i - 1])
                {
                    i--;
                }
                else
                {
                    chosen.Add(sorted[i - 1]);
                    i = before[i - 1];
                }
            }
            chosen.Reverse();
            return chosen;
        }

        /// <summary>Counts the first appointments that end at or before a minute.</summary>
        private static int EndingBy(Appointment[] sorted, int minute, int limit)
        {
            int low = 0;
            int high = limit;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (sorted[middle].End <= minute)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }
            return low;
        }
    }

    public static class Program
    {
        /// <summary>Compares both ways of choosing.</summary>
        public static void Main()
        {
            var wishes = new[]
            {
                new Appointment("dentist", 540, 600, 3), new Appointment("workshop", 550, 720, 8),
                new Appointment("call", 600, 630, 2), new Appointment("lunch", 720, 780, 4),
                new Appointment("tour", 700, 900, 5), new Appointment("gym", 780, 840, 2),
            };
            foreach (var plan in new[] { Planner.Most(wishes), Planner.Best(wishes) })
            {
                Console.WriteLine($"{string.Join(", ", plan.Select(a => a.Title))}: {plan.Sum(a => a.Value)}");
            }
        }
    }
}
