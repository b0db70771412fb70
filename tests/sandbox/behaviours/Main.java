import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

public class Main {
    public static void main(String[] words) throws Exception {
        String mode = words.length > 0 ? words[0] : "print";
        switch (mode) {
            case "print" -> System.out.println("hello");
            case "greet" -> {
                var reader = new BufferedReader(new InputStreamReader(System.in));
                System.out.println("hello " + reader.readLine() + "!");
            }
            case "copy" -> {
                System.in.transferTo(System.out);
                System.out.flush();
            }
            case "arguments" -> {
                for (int i = 1; i < words.length; i++) System.out.println(words[i]);
            }
            case "read" -> System.out.print(Files.readString(Path.of("data/in.txt")));
            case "write" -> Files.writeString(Path.of("out.txt"), "written ü\n");
            case "exit" -> System.exit(Integer.parseInt(words[1]));
            case "assert" -> {
                assert 1 + 1 == 3 : "assertion failed";
            }
            case "uncaught" -> throw new IllegalStateException("went wrong");
            case "crash" -> {
                long self = ProcessHandle.current().pid();
                new ProcessBuilder("/usr/bin/kill", "-KILL", Long.toString(self)).start().waitFor();
            }
            case "loop" -> {
                for (;;) {}
            }
            case "much" -> System.out.print("x".repeat(Integer.parseInt(words[1])));
            case "memory" -> {
                List<byte[]> kept = new ArrayList<>();
                for (;;) kept.add(new byte[1 << 20]);
            }
            case "sleep" -> {
                Thread.sleep(400);
                System.out.println("awake");
            }
            case "spawn" -> {
                int[] answers = new int[4];
                List<Thread> threads = IntStream.range(0, 4).mapToObj(i -> new Thread(() -> answers[i] = i * 10)).toList();
                for (Thread thread : threads) thread.start();
                for (Thread thread : threads) thread.join();
                System.out.println(IntStream.of(answers).sum());
            }
            case "listen" -> {
                ServerSocket socket = new ServerSocket(45678);
                Files.writeString(Path.of("mine.txt"), words[1], StandardOpenOption.CREATE_NEW);
                Thread.sleep(400);
                System.out.print(Files.readString(Path.of("mine.txt")));
                socket.close();
            }
        }
    }
}
