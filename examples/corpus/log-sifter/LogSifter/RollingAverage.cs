using System;
using System.Collections.Generic;
using System.Globalization;

namespace LogSifter
{
    /// <summary>Averages the last few values of a series and flags those far off.</summary>
    public sealed class RollingAverage
    {
        private readonly Queue<double> window = new Queue<double>();
        private readonly int size;
        private double sum;
        private double sumOfSquares;

        /// <param name="size">How many values are remembered, at least two.</param>
        public RollingAverage(int size)
        {
            if (size < 2)
            {
                throw new ArgumentOutOfRangeException(nameof(size));
            }
            this.size = size;
        }

        /// <summary>Whether enough values were seen to judge the next one.</summary>
        public bool Ready => window.Count == size;

        /// <summary>The mean of the remembered values, or 0 before the first.</summary>
        public double Mean => window.Count == 0 ? 0 : sum / window.Count;

        /// <summary>The standard deviation of the remembered values.</summary>
        public double Deviation
        {
            get
            {
                if (window.Count < 2)
                {
                    return 0;
                }
                double variance = sumOfSquares / window.Count - Mean * Mean;
                return Math.Sqrt(Math.Max(0, variance));
            }
        }

        /// <summary>Tells whether a value lies further from the mean than usual.</summary>
        /// <param name="value">The value to judge; it is not remembered.</param>
        /// <param name="factor">How many deviations are still usual.</param>
        public bool IsOutlier(double value, double factor)
        {
            return Ready && Math.Abs(value - Mean) > factor * Math.Max(Deviation, 1e-9);
        }

        /// <summary>Remembers a value and forgets the oldest if there are too many.</summary>
        public void Add(double value)
        {
            window.Enqueue(value);
            sum += value;
            sumOfSquares += value * value;
            if (window.Count > size)
            {
                double oldest = window.Dequeue();
                sum -= oldest;
                sumOfSquares -= oldest * oldest;
            }
        }

        /// <summary>
        /// Reads one number from each line of standard input and reports the outliers. An
        /// outlier is not remembered, so that it does not hide the next.
        /// </summary>
        public static int Main(string[] args)
        {
            int size = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 4;
            var average = new RollingAverage(size);
            int outliers = 0;
            string line;
            for (int number = 1; (line = Console.ReadLine()) != null; number++)
            {
                if (!double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                {
                    Console.WriteLine($"line {number}: not a number");
                }
                else if (average.IsOutlier(value, 3))
                {
                    outliers++;
                    string mean = average.Mean.ToString("F2", CultureInfo.InvariantCulture);
                    Console.WriteLine($"line {number}: {line.Trim()} is far from {mean}");
                }
                else
                {
                    average.Add(value);
                }
            }
            Console.WriteLine($"{outliers} outliers");
            return outliers > 0 ? 1 : 0;
        }
    }
}
