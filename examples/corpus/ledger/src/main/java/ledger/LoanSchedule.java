package ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Repayment plan of a loan with equal monthly instalments, in cents. */
public final class LoanSchedule {

    /** One month of the plan. */
    public static final class Row {
        public final int month;
        public final long interest;
        public final long repaid;
        public final long left;

        Row(int month, long interest, long repaid, long left) {
            this.month = month;
            this.interest = interest;
            this.repaid = repaid;
            this.left = left;
        }
    }

    private final long principal;
    private final int basisPoints;
    private final long instalment;

    /**
     * Makes a plan.
     *
     * @param principal   the amount borrowed, in cents
     * @param basisPoints interest for a year in hundredths of a per cent
     * @param instalment  the amount paid every month, in cents
     * @throws IllegalArgumentException if the loan would never be repaid
     */
    public LoanSchedule(long principal, int basisPoints, long instalment) {
        this.principal = principal;
        this.basisPoints = basisPoints;
        this.instalment = instalment;
        if (instalment <= interestOn(principal)) {
            throw new IllegalArgumentException("the instalment does not cover the interest");
        }
    }

    /** Returns a month's interest on an amount, rounded half up. */
    private long interestOn(long amount) {
        long divisor = 12L * 10_000;
        return (amount * basisPoints + divisor / 2) / divisor;
    }

    /** Returns the rows of the plan; the last instalment may be smaller. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        long left = principal;
        while (left > 0) {
            long interest = interestOn(left);
            long repaid = Math.min(instalment - interest, left);
            left -= repaid;
            rows.add(new Row(rows.size() + 1, interest, repaid, left));
        }
        return rows;
    }

    /** Formats cents with two decimals. */
    static String money(long cents) {
        return String.format(Locale.ROOT, "%d.%02d", cents / 100, cents % 100);
    }

    /**
     * Prints the plan of the loan given by the arguments.
     *
     * @param args principal in cents, basis points, instalment in cents
     */
    public static void main(String[] args) {
        long principal = args.length > 0 ? Long.parseLong(args[0]) : 120_000;
        int basisPoints = args.length > 1 ? Integer.parseInt(args[1]) : 480;
        long instalment = args.length > 2 ? Long.parseLong(args[2]) : 25_000;
        long paidInterest = 0;
        for (Row row : new LoanSchedule(principal, basisPoints, instalment).rows()) {
            paidInterest += row.interest;
            System.out.println("month " + row.month + ": interest " + money(row.interest)
                    + ", repaid " + money(row.repaid) + ", left " + money(row.left));
        }
        System.out.println("interest in all: " + money(paidInterest));
    }
}
