using System;
using System.Collections.Generic;
using System.Text;

namespace TextTools
{
    /// <summary>Measures how many edits lie between two words.</summary>
    public static class Levenshtein
    {
        /// <summary>
        /// Returns the smallest number of insertions, deletions and replacements that turn
        /// <paramref name="source"/> into <paramref name="target"/>.
        /// </summary>
        public static int Distance(string source, string target)
        {
            var previous = new int[target.Length + 1];
            var current = new int[target.Length + 1];
            for (int j = 0; j <= target.Length; j++)
            {
                previous[j] = j;
            }
            for (int i = 1; i <= source.Length; i++)
            {
                current[0] = i;
                for (int j = 1; j <= target.Length; j++)
                {
                    int replace = previous[j - 1] + (source[i - 1] == target[j - 1] ? 0 : 1);
                    current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
                }
                (previous, current) = (current, previous);
            }
            return previous[target.Length];
        }

        /// <summary>Returns the words of a dictionary that are nearest to a misspelt one.</summary>
        /// <param name="word">The word to correct.</param>
        /// <param name="dictionary">The words to choose from.</param>
        /// <param name="limit">The largest distance that still counts.</param>
        public static List<string> Suggest(string word, IEnumerable<string> dictionary, int limit)
        {
            var nearest = new List<string>();
            int best = limit;
            foreach (string candidate in dictionary)
            {
                if (Math.Abs(candidate.Length - word.Length) > best)
                {
                    continue;
                }
                int distance = Distance(word, candidate);
                if (distance < best)
                {
                    best = distance;
                    nearest.Clear();
                }
                if (distance == best)
                {
                    nearest.Add(candidate);
                }
            }
            return nearest;
        }

        /// <summary>Reads words from the arguments and corrects each.</summary>
        public static void Main(string[] args)
        {
            string[] dictionary = { "receive", "relief", "believe", "separate", "weird", "rhythm" };
            string[] words = args.Length > 0 ? args : new[] { "recieve", "seperate", "wierd", "rythm", "xylophone" };
            var report = new StringBuilder();
            foreach (string word in words)
            {
                List<string> found = Suggest(word, dictionary, 2);
                report.Append(word).Append(": ");
                report.AppendLine(found.Count > 0 ? string.Join(", ", found) : "no idea");
            }
            Console.Write(report);
        }
    }
}
