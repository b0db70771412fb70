import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A parser for JSON texts.
 *
 * <p>Objects become {@link Map}, arrays {@link List}, numbers {@link Double}, and the rest
 * {@link String}, {@link Boolean} or null.
 */
public final class JsonLite {

    /** Thrown for a text that is not JSON; the message gives the position. */
    public static final class ParseException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ParseException(String message, int position) {
            super(message + " at " + position);
        }
    }

    private final String text;
    private int position;

    private JsonLite(String text) {
        this.text = text;
    }

    /**
     * Parses a text that holds exactly one value.
     *
     * @param text the JSON text
     * @return the value
     * @throws ParseException if the text is malformed
     */
    public static Object parse(String text) {
        JsonLite parser = new JsonLite(text);
        Object value = parser.value();
        parser.skipSpace();
        if (parser.position < text.length()) {
            throw parser.error("unexpected text");
        }
        return value;
    }

    private ParseException error(String message) {
        return new ParseException(message, position);
    }

    private void skipSpace() {
        while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    /** Consumes {@code expected} if it comes next. */
    private boolean accept(char expected) {
        skipSpace();
        if (position < text.length() && text.charAt(position) == expected) {
            position++;
            return true;
        }
        return false;
    }

    private void require(char expected) {
        if (!accept(expected)) {
            throw error("expected " + expected);
        }
    }

    private Object value() {
        if (accept('{')) {
            return object();
        }
        if (accept('[')) {
            return array();
        }
        if (accept('"')) {
            return string();
        }
        for (String word : new String[] {"true", "false", "null"}) {
            if (text.startsWith(word, position)) {
                position += word.length();
                return word.equals("null") ? null : Boolean.valueOf(word);
            }
        }
        return number();
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        if (accept('}')) {
            return members;
        }
        do {
            require('"');
            String name = string();
            require(':');
            members.put(name, value());
        } while (accept(','));
        require('}');
        return members;
    }

    private List<Object> array() {
        List<Object> items = new ArrayList<>();
        if (accept(']')) {
            return items;
        }
        do {
            items.add(value());
        } while (accept(','));
        require(']');
        return items;
    }

    /** Reads up to the closing quote; the opening one is already consumed. */
    private String string() {
        StringBuilder result = new StringBuilder();
        while (position < text.length()) {
            char c = text.charAt(position++);
            if (c == '"') {
                return result.toString();
            }
            if (c != '\\') {
                result.append(c);
                continue;
            }
            if (position == text.length()) {
                break;
            }
            char escape = text.charAt(position++);
            int known = "\"\\/bfnrt".indexOf(escape);
            if (known >= 0) {
                result.append("\"\\/\b\f\n\r\t".charAt(known));
            } else if (escape == 'u' && position + 4 <= text.length()) {
                result.append((char) Integer.parseInt(text.substring(position, position + 4), 16));
                position += 4;
            } else {
                throw error("bad escape");
            }
        }
        throw error("string never ends");
    }

    private Double number() {
        int start = position;
        while (position < text.length() && "+-.eE0123456789".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
        try {
            return Double.valueOf(text.substring(start, position));
        } catch (NumberFormatException e) {
            position = start;
            throw error("expected a value");
        }
    }

    /** Parses each argument and prints what came of it. */
    public static void main(String[] args) {
        String[] texts = args.length > 0 ? args
                : new String[] {"{\"a\": [1, -2.5e1, true], \"b\": \"x\\ny\\u0041\"}", "[1, 2", "[,]", "nul"};
        for (String text : texts) {
            try {
                System.out.println(parse(text));
            } catch (ParseException e) {
                System.out.println(text + ": " + e.getMessage());
            }
        }
    }
}
