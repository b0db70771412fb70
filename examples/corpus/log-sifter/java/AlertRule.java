import java.util.ArrayDeque;
import java.util.Deque;

/** Raises an alert when too many errors fall into a sliding window of time. */
public final class AlertRule {

    private final int limit;
    private final long windowSeconds;
    private final Deque<Long> errors = new ArrayDeque<>();
    private boolean raised;

    /**
     * Makes a rule.
     *
     * @param limit         how many errors are still fine
     * @param windowSeconds how far back errors count
     */
    public AlertRule(int limit, long windowSeconds) {
        this.limit = limit;
        this.windowSeconds = windowSeconds;
    }

    /** Notes an error and tells whether an alert begins with it. */
    public boolean error(long second) {
        errors.addLast(second);
        forgetBefore(second - windowSeconds;
        boolean tooMany = errors.size() > limit;
        boolean begins = tooMany && !raised;
        raised = tooMany;
        return begins;
    }

    /** Drops the errors that are too old to count. */
    private void forgetBefore(long second) {
        while (!errors.isEmpty() && errors.peekFirst() <= second) {
            errors.removeFirst();
        }
    }

    /** Tries the rule on a burst of errors. */
    public static void main(String[] args) {
        AlertRule rule = new AlertRule(2, 60);
        long[] seconds = {0, 10, 65, 70, 72, 75, 200};
        for (long second : seconds) {
            if (rule.error(second)) {
                System.out.println("alert at " + second);
            }
        }
    }
}
