using System;
using System.Collections.Generic;
using System.Linq;

namespace GraphKit
{
    /// <summary>A connection between two places with its length.</summary>
    public sealed class Edge
    {
        public Edge(string from, string to, int length)
        {
            From = from;
            To = to;
            Length = length;
        }

        public string From { get; }

        public string To { get; }

        public int Length { get; }

        public override string ToString() => $"{From}-{To} ({Length})";
    }

    /// <summary>Finds the cheapest set of connections that joins everything.</summary>
    public static class Kruskal
    {
        /// <summary>
        /// Returns a minimum spanning forest: edges from short to long, leaving out every
        /// one whose ends are joined already.
        /// </summary>
        public static List<Edge> SpanningForest(IEnumerable<Edge> edges)
        {
            var root = new Dictionary<string, string>();
            var chosen = new List<Edge>();
            var sorted = edges.OrderBy(e => e.Length)
                .ThenBy(e => e.From, StringComparer.Ordinal)
                .ThenBy(e => e.To, StringComparer.Ordinal);
            foreach (Edge edge in sorted)
            {
                string a = Find(root, edge.From);
                string b = Find(root, edge.To);
                if (a != b)
                {
                    root[a] = b;
                    chosen.Add(edge);
                }
            }
            return chosen;
        }

        /// <summary>Returns the representative of a place, shortening the way to it.</summary>
        private static string Find(Dictionary<string, string> root, string place)
        {
            if (!root.TryGetValue(place, out string parent) || parent == place)
            {
                root[place] = place;
                return place;
            }
            string top = Find(root, parent);
            root[place] = top;
            return top;
        }

        /// <summary>Counts the parts of the graph that are not connected to each other.</summary>
        public static int Components(IReadOnlyCollection<Edge> edges)
        {
            int places = edges.SelectMany(e => new[] { e.From, e.To }).Distinct().Count();
            return places - SpanningForest(edges).Count;
        }

        /// <summary>Plans the cables between a few islands.</summary>
        public static void Main()
        {
            var edges = new List<Edge>
            {
                new Edge("Aro", "Bel", 6), new Edge("Aro", "Cay", 3), new Edge("Bel", "Cay", 2),
                new Edge("Bel", "Dun", 5), new Edge("Cay", "Dun", 9), new Edge("Eyot", "Fell", 4),
            };
            List<Edge> forest = SpanningForest(edges);
            forest.ForEach(Console.WriteLine);
            Console.WriteLine($"length {forest.Sum(e => e.Length)}, {Components(edges)} parts");
        }
    }
}
