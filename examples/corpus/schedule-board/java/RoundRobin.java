import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws up the fixtures of a tournament in which everyone meets everyone once. */
public final class RoundRobin {

    private static final String BYE = "bye";

    private RoundRobin() {
    }

    /** A single match; the first side plays at home. */
    public static final class Match {
        final String home;
        final String away;

        Match(String home, String away) {
            this.home = home;
            this.away = away;
        }

        boolean isBye() {
            return home.equals(BYE) || away.equals(BYE);
        }

        @Override
        public String toString() {
            return home + "-" + away;
        }
    }

    /**
     * Returns the rounds by the circle method: one team stays, the others move on by one place
     * after every round. With an odd number of teams one rests in each round.
     *
     * @param teams at least two different names
     * @return the matches of each round
     */
    public static List<List<Match>> rounds(List<String> teams) {
        if (teams.size() < 2) {
            throw new IllegalArgumentException("a tournament needs two teams");
        }
        List<String> circle = new ArrayList<>(teams);
        if (circle.size() % 2 == 1) {
            circle.add(BYE);
        }
        int size = circle.size();
        List<List<Match>> rounds = new ArrayList<>();
        for (int round = 0; round < size - 1; round++) {
            List<Match> matches = new ArrayList<>();
            for (int i = 0; i < size / 2; i++) {
                String first = circle.get(i);
                String second = circle.get(size - 1 - i);
                boolean swap = i == 0 ? round % 2 == 1 : i % 2 == 1;
                Match match = swap ? new Match(second, first) : new Match(first, second);
                if (!match.isBye()) {
                    matches.add(match);
                }
            }
            rounds.add(matches);
            circle.add(1, circle.remove(size - 1));
        }
        return rounds;
    }

    /** Counts the home matches of every team. */
    public static Map<String, Integer> homeMatches(List<List<Match>> rounds) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (List<Match> round : rounds) {
            for (Match match : round) {
                counts.merge(match.home, 1, Integer::sum);
                counts.merge(match.away, 0, Integer::sum);
            }
        }
        return counts;
    }

    /** Prints the fixtures for the teams named by the arguments. */
    public static void main(String[] args) {
        List<String> teams = args.length > 0 ? Arrays.asList(args)
                : Arrays.asList("Owls", "Hares", "Newts", "Rooks", "Foxes");
        List<List<Match>> rounds = rounds(teams);
        for (int i = 0; i < rounds.size(); i++) {
            System.out.println("round " + (i + 1) + ": " + rounds.get(i));
        }
        System.out.println("at home: " + homeMatches(rounds));
    }
}
