import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Matches offers to buy and to sell one article, best price first, then oldest first. */
public class OrderBook {

    /** Which side an order is on. */
    public enum Side { BUY, SELL }

    /** An order that waits for a partner. */
    private static final class Order {
        final String owner;
        final int price;
        final int sequence;
        int quantity;

        Order(String owner, int price, int quantity, int sequence) {
            this.owner = owner;
            this.price = price;
            this.quantity = quantity;
            this.sequence = sequence;
        }
    }

    private final PriorityQueue<Order> buyers = new PriorityQueue<>(
            Comparator.comparingInt((Order o) -> -o.price).thenComparingInt(o -> o.sequence));
    private final PriorityQueue<Order> sellers = new PriorityQueue<>(
            Comparator.comparingInt((Order o) -> o.price).thenComparingInt(o -> o.sequence));
    private int sequence;

    /**
     * Places an order and trades as much of it as possible at the prices of the waiting orders;
     * the rest waits.
     *
     * @return a line of text for each trade
     */
    public List<String> place(Side side, String owner, int price, int quantity) {
        if (price <= 0 || quantity <= 0) {
            throw new IllegalArgumentException("price and quantity must be positive");
        }
        Order order = new Order(owner, price, quantity, sequence++);
        PriorityQueue<Order> others = side == Side.BUY ? sellers : buyers;
        List<String> trades = new ArrayList<>();
        while (order.quantity > 0 && !others.isEmpty() && agree(side, order, others.peek())) {
            Order other = others.peek();
            int traded = Math.min(order.quantity, other.quantity);
            order.quantity -= traded;
            other.quantity -= traded;
            if (other.quantity == 0) {
                others.remove();
            }
            String buyer = side == Side.BUY ? owner : other.owner;
            String seller = side == Side.BUY ? other.owner : owner;
            trades.add(buyer + " buys " + traded + " from " + seller + " at " + other.price);
        }
        if (order.quantity > 0) {
            (side == Side.BUY ? buyers : sellers).add(order);
        }
        return trades;
    }

    /** Tells whether the prices of an order and a waiting one allow a trade. */
    private static boolean agree(Side side, Order order, Order waiting) {
        return side == Side.BUY ? order.price >= waiting.price : order.price <= waiting.price;
    }

    /** Returns the gap between the best offers, or -1 while a side is empty. */
    public int spread() {
        if (buyers.isEmpty() || sellers.isEmpty()) {
            return -1;
        }
        return sellers.peek().price - buyers.peek().price;
    }

    /** Plays through a few orders. */
    public static void main(String[] args) {
        OrderBook book = new OrderBook();
        Object[][] orders = {
            {Side.SELL, "ana", 105, 10}, {Side.SELL, "bob", 103, 5}, {Side.BUY, "cem", 100, 7},
            {Side.BUY, "dee", 104, 8}, {Side.BUY, "eli", 106, 6}, {Side.SELL, "fay", 99, 9},
        };
        for (Object[] order : orders) {
            Side side = (Side) order[0];
            List<String> trades = book.place(side, (String) order[1], (int) order[2], (int) order[3]);
            System.out.println(order[1] + " " + side + " " + trades + " spread " + book.spread());
        }
    }
}
