import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Groups the words of standard input that consist of the same letters. */
public final class Anagrams {

    private final Map<String, TreeSet<String>> groups = new TreeMap<>();

    /** Returns the letters of a word in alphabetical order. */
    static String key(String word) {
        char[] letters = word.toCharArray();
        Arrays.sort(letters);
        return new String(letters);
    }

    /** Adds a word in lower case; words with anything but letters are ignored. */
    public boolean add(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        if (lower.length() < 2 || !lower.chars().allMatch(Character::isLetter)) {
            return false;
        }
        return groups.computeIfAbsent(key(lower), k -> new TreeSet<>()).add(lower);
    }

    /**
     * Returns the groups of at least two words, the largest first and groups of the same size in
     * alphabetical order.
     */
    public List<List<String>> found() {
        List<List<String>> result = new ArrayList<>();
        for (TreeSet<String> group : groups.values()) {
            if (group.size() > 1) {
                result.add(new ArrayList<>(group));
            }
        }
        result.sort(Comparator.comparing((List<String> group) -> -group.size())
                .thenComparing(group -> group.get(0)));
        return result;
    }

    /** Returns the known anagrams of a word, without the word itself. */
    public List<String> of(String word) {
        List<String> result = new ArrayList<>();
        String lower = word.toLowerCase(Locale.ROOT);
        for (String other : groups.getOrDefault(key(lower), new TreeSet<>())) {
            if (!other.equals(lower)) {
                result.add(other);
            }
        }
        return result;
    }

    /**
     * Reads words and prints all groups, or the anagrams of the arguments if there are any.
     *
     * @param args words to look up
     */
    public static void main(String[] args) throws IOException {
        Anagrams anagrams = new Anagrams();
        BufferedReader in = new BufferedReader(
                new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            for (String word : line.trim().split("\\s+")) {
                anagrams.add(word);
            }
        }
        for (String word : args) {
            System.out.println(word + ": " + String.join(", ", anagrams.of(word)));
        }
        if (args.length == 0) {
            for (List<String> group : anagrams.found()) {
                System.out.println(String.join(" ", group));
            }
        }
    }
}
