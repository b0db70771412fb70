using System;
using System.Collections.Generic;
using System.Linq;

namespace Stock
{
    /// <summary>Tells who listens that an article runs low.</summary>
    public sealed class LowStockEventArgs : EventArgs
    {
        public LowStockEventArgs(string article, int left)
        {
            Article = article;
            Left = left;
        }

        public string Article { get; }

        public int Left { get; }
    }

    /// <summary>Keeps count of articles and of what is reserved for customers.</summary>
    public class StockBook
    {
        private readonly Dictionary<string, int> onHand = new Dictionary<string, int>();
        private readonly Dictionary<string, Dictionary<string, int>> reserved =
            new Dictionary<string, Dictionary<string, int>>();
        private readonly int threshold;

        /// <param name="threshold">At or below this many free pieces an article runs low.</param>
        public StockBook(int threshold)
        {
            this.threshold = threshold;
        }

        /// <summary>Raised when a reservation leaves too little.</summary>
        public event EventHandler<LowStockEventArgs> LowStock;

        /// <summary>Adds pieces that were delivered.</summary>
        public void Receive(string article, int count)
        {
            if (count <= 0)
            {
                throw new ArgumentOutOfRangeException(nameof(count));
            }
            onHand.TryGetValue(article, out int before);
            onHand[article] = before + count;
        }

        /// <summary>Returns how many pieces are neither sold nor reserved.</summary>
        public int Available(string article)
        {
            onHand.TryGetValue(article, out int count);
            return count - (reserved.TryGetValue(article, out var byCustomer) ? byCustomer.Values.Sum() : 0);
        }

        /// <summary>Sets pieces aside for a customer; false when there are too few.</summary>
        public bool TryReserve(string article, string customer, int count)
        {
            if (count <= 0 || Available(article) < count)
            {
                return false;
            }
            if (!reserved.TryGetValue(article, out var byCustomer))
            {
                byCustomer = new Dictionary<string, int>();
                reserved[article] = byCustomer;
            }
            byCustomer.TryGetValue(customer, out int before);
            byCustomer[customer] = before + count;
            int left = Available(article);
            if (left <= threshold)
            {
                LowStock?.Invoke(this, new LowStockEventArgs(article, left));
            }
            return true;
        }

        /// <summary>Hands a customer everything reserved and returns the number of pieces.</summary>
        public int Ship(string customer)
        {
            int shipped = 0;
            foreach (var entry in reserved)
            {
                if (entry.Value.TryGetValue(customer, out int count))
                {
                    onHand[entry.Key] -= count;
                    entry.Value.Remove(customer);
                    shipped += count;
                }
            }
            return shipped;
        }
    }

    public static class Program
    {
        /// <summary>Plays through a day at the counter.</summary>
        public static void Main()
        {
            var book = new StockBook(2);
            book.LowStock += (sender, e) => Console.WriteLine($"low: {e.Left} {e.Article} left");
            book.Receive("kettle", 5);
            book.Receive("mug", 20);
            Console.WriteLine(book.TryReserve("kettle", "ivo", 2));
            Console.WriteLine(book.TryReserve("kettle", "ola", 2));
            Console.WriteLine(book.TryReserve("kettle", "pam", 2));
            Console.WriteLine(book.TryReserve("mug", "ivo", 6));
            Console.WriteLine($"shipped {book.Ship("ivo")}, kettles free {book.Available("kettle")}");
        }
    }
}
