import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Compiles the programs of a batch one after another, each alone in the work folder; `batch.py` says how they talk. */
public final class Javac {
    private static final Path FOLDER = Path.of("");
    private static final Path OWN = Path.of(".warm");
    private static final int SYSTEM_ERROR = 3;

    public static void main(String[] arguments) throws IOException {
        DataInputStream batch = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
        DataOutputStream answers =
                new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16));
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        for (int left = batch.readInt(); left > 0; left--) {
            byte[] answer = compile(batch);
            if (answer == null) {
                return;
            }
            answers.writeInt(answer.length);
            answers.write(answer);
            answers.flush();
        }
    }

    /** Returns what is to be said about the next program, or null where the compiler itself broke down. */
    private static byte[] compile(DataInputStream batch) throws IOException {
        clear();
        List<String> options = new ArrayList<>();
        int words = batch.readInt();
        readText(batch); // The compiler itself.
        for (int left = words - 1; left > 0; left--) {
            String option = readText(batch);
            if (!option.startsWith("-J")) { // Meant for the virtual machine of a compiler of its own.
                options.add(option);
            }
        }
        Set<String> given = new HashSet<>();
        for (int left = batch.readInt(); left > 0; left--) {
            String name = readText(batch);
            byte[] content = readBlob(batch);
            Path file = FOLDER.resolve(name);
            if (file.getParent() != null) {
                Files.createDirectories(file.getParent());
            }
            Files.write(file, content);
            given.add(name);
        }
        long started = System.nanoTime();
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        PrintWriter writer = new PrintWriter(messages, true, StandardCharsets.UTF_8);
        int code = com.sun.tools.javac.Main.compile(options.toArray(new String[0]), writer);
        writer.flush();
        long nanoseconds = System.nanoTime() - started;
        if (code >= SYSTEM_ERROR) {
            return null;
        }

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream answer = new DataOutputStream(bytes);
        answer.writeInt(code);
        answer.writeInt((int) Math.min(nanoseconds / 1_000, Integer.MAX_VALUE));
        writeBlob(answer, new byte[0]);
        writeBlob(answer, messages.toByteArray());
        for (Path file : files()) {
            if (!given.contains(file.toString())) {
                writeBlob(answer, file.toString().getBytes(StandardCharsets.UTF_8));
                answer.writeInt(Files.isExecutable(file) ? 1 : 0);
                writeBlob(answer, Files.readAllBytes(file));
            }
        }
        return bytes.toByteArray();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(FOLDER)) {
            return all.filter(file -> !file.startsWith(OWN) && Files.isRegularFile(file)).sorted().toList();
        }
    }

    private static void clear() throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(FOLDER)) {
            all = new ArrayList<>(found.filter(path -> !path.startsWith(OWN) && !path.equals(FOLDER)).toList());
        }
        for (int last = all.size() - 1; last >= 0; last--) { // What lies in a folder was found after it.
            Files.delete(all.get(last));
        }
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(readBlob(in), StandardCharsets.UTF_8);
    }

    private static byte[] readBlob(DataInputStream in) throws IOException {
        byte[] content = new byte[in.readInt()];
        in.readFully(content);
        return content;
    }

    private static void writeBlob(DataOutputStream out, byte[] content) throws IOException {
        out.writeInt(content.length);
        out.write(content);
    }
}
