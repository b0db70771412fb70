import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * A turtle that draws on a grid of characters.
 *
 * <p>Programs are strings: F draws a step forward, M moves without drawing, L and R turn, and
 * "3[...]" repeats the part in brackets.
 */
public final class Turtle {

    private static final int[][] STEPS = {{0, -1}, {1, 0}, {0, 1}, {-1, 0}};

    private final char[][] canvas;
    private int x;
    private int y;
    private int heading;

    /** Makes an empty canvas with the turtle in the middle, facing up. */
    public Turtle(int width, int height) {
        canvas = new char[height][width];
        for (char[] row : canvas) {
            Arrays.fill(row, '.');
        }
        x = width / 2;
        y = height / 2;
    }

    /**
     * Runs a program.
     *
     * @throws IllegalArgumentException if the program holds an unknown letter or a bracket that
     *     does not match
     */
    public void run(String program) {
        Deque<int[]> loops = new ArrayDeque<>();
        int count = 0;
        for (int i = 0; i < program.length(); i++) {
            char c = program.charAt(i);
            if (Character.isDigit(c)) {
                count = count * 10 + (c - '0');
            } else if (c == '[') {
                loops.push(new int[] {i, Math.max(count, 1)});
                count = 0;
            } else if (c == ']') {
                if (loops.isEmpty()) {
                    throw new IllegalArgumentException("] without [ at " + i);
                }
                int[] loop = loops.peek();
                if (--loop[1] > 0) {
                    i = loop[0];
                } else {
                    loops.pop();
                }
            } else {
                for (; count > 1; count--) {
                    step(c);
                }
                count = 0;
                step(c);
            }
        }
        if (!loops.isEmpty()) {
            throw new IllegalArgumentException("[ without ]");
        }
    }

    /** Obeys a single letter. Steps off the canvas come in again on the other side. */
    private void step(char command) {
        switch (command) {
            case 'F':
                canvas[y][x] = '#';
                advance();
                break;
            case 'M':
                advance();
                break;
            case 'L':
                heading = (heading + 3) % 4;
                break;
            case 'R':
                heading = (heading + 1) % 4;
                break;
            default:
                throw new IllegalArgumentException("cannot obey " + command);
        }
    }

    private void advance() {
        x = Math.floorMod(x + STEPS[heading][0], canvas[0].length);
        y = Math.floorMod(y + STEPS[heading][1], canvas.length);
    }

    /** Returns the canvas, one line for each row. */
    public String picture() {
        StringBuilder lines = new StringBuilder();
        for (char[] row : canvas) {
            lines.append(row).append('\n');
        }
        return lines.toString();
    }

    /** Draws the program given as the first argument, or a staircase around a square. */
    public static void main(String[] args) {
        Turtle turtle = new Turtle(19, 11);
        try {
            turtle.run(args.length > 0 ? args[0] : "4[3FR]8M3[2FR2FL]");
            System.out.print(turtle.picture());
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }
    }
}
