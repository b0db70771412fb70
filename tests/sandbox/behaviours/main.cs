using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;

static class Behaviours {
    static int Main(string[] words) {
        string mode = words.Length > 0 ? words[0] : "print";
        switch (mode) {
            case "print": Console.WriteLine("hello"); break;
            case "greet": Console.WriteLine($"hello {Console.ReadLine()}!"); break;
            case "copy": Console.OpenStandardInput().CopyTo(Console.OpenStandardOutput()); break;
            case "arguments": foreach (var word in words.Skip(1)) Console.WriteLine(word); break;
            case "read": Console.Write(File.ReadAllText("data/in.txt")); break;
            case "write": File.WriteAllText("out.txt", "written ü\n"); break;
            case "exit": return int.Parse(words[1]);
            case "assert": if (1 + 1 != 3) throw new InvalidOperationException("assertion failed"); break;
            case "uncaught": throw new Exception("went wrong");
            case "crash": Environment.FailFast("abort"); break;
            case "loop": for (;;) {}
            case "much": Console.Write(new string('x', int.Parse(words[1]))); break;
            case "memory":
                var kept = new List<byte[]>();
                for (;;) {
                    var block = new byte[1 << 20];
                    for (int i = 0; i < block.Length; i += 1024) block[i] = 1;
                    kept.Add(block);
                }
            case "sleep": Thread.Sleep(400); Console.WriteLine("awake"); break;
            case "spawn":
                var answers = new int[4];
                var threads = Enumerable.Range(0, 4).Select(i => new Thread(() => answers[i] = i * 10)).ToList();
                threads.ForEach(thread => thread.Start());
                threads.ForEach(thread => thread.Join());
                Console.WriteLine(answers.Sum());
                break;
            case "listen":
                new TcpListener(IPAddress.Any, 45678).Start();
                using (var file = new StreamWriter(new FileStream("mine.txt", FileMode.CreateNew))) file.Write(words[1]);
                Thread.Sleep(400);
                Console.Write(File.ReadAllText("mine.txt"));
                break;
        }
        return 0;
    }
}
