using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Mono.CSharp;

/// Compiles the programs of a batch one after another, each alone in the work folder; `batch.py` says how they talk.
public static class Mcs {
    const string Own = ".warm";
    static readonly Type Driver = typeof(CompilerContext).Assembly.GetType("Mono.CSharp.Driver", true);
    const int MayExecute = 1;

    [DllImport("libc.so.6")]
    static extern int access(string name, int mode);

    public static void Main(string[] arguments) {
        var batch = new Reader(Console.OpenStandardInput());
        Stream answers = Console.OpenStandardOutput();
        for (int left = batch.Number(); left > 0; left--) {
            byte[] answer = Compile(batch);
            CompilerCallableEntryPoint.Reset();
            var framed = new Writer();
            framed.Blob(answer);
            byte[] bytes = framed.Bytes();
            answers.Write(bytes, 0, bytes.Length);
            answers.Flush();
        }
    }

    // The same as the compiler's own Main, which ends the process.
    static int Run(string[] options) {
        var line = new CommandLineParser(Console.Out);
        CompilerSettings settings = line.ParseArguments(options);
        if (settings == null) return 1;
        if (line.HasBeenStopped) return 0;
        var context = new CompilerContext(settings, new ConsoleReportPrinter());
        object driver = Activator.CreateInstance(Driver, context);
        if ((bool)Driver.GetMethod("Compile").Invoke(driver, null) && context.Report.Errors == 0) {
            if (context.Report.Warnings > 0) {
                Console.WriteLine("Compilation succeeded - {0} warning(s)", context.Report.Warnings);
            }
            return 0;
        }
        Console.WriteLine(
            "Compilation failed: {0} error(s), {1} warnings", context.Report.Errors, context.Report.Warnings);
        return 1;
    }

    // Returns what is to be said about the next program: nothing where the compiler itself broke down:
    // what it remembers is forgotten all the same, so the next one can be compiled.
    static byte[] Compile(Reader batch) {
        Clear();
        var options = new string[batch.Number() - 1];
        batch.Text(); // The compiler itself.
        for (int i = 0; i < options.Length; i++) options[i] = batch.Text();
        var given = new HashSet<string>();
        for (int left = batch.Number(); left > 0; left--) {
            string name = batch.Text();
            byte[] content = batch.Blob();
            string folder = Path.GetDirectoryName(name);
            if (folder != "") Directory.CreateDirectory(folder);
            File.WriteAllBytes(name, content);
            given.Add(name);
        }
        var plain = new UTF8Encoding(false);
        var said = new MemoryStream();
        var complained = new MemoryStream();
        Console.SetOut(new StreamWriter(said, plain) { AutoFlush = true });
        Console.SetError(new StreamWriter(complained, plain) { AutoFlush = true });
        var clock = Stopwatch.StartNew();
        int code;
        try {
            code = Run(options);
        } catch (Exception) {
            return new byte[0];
        }
        long microseconds = clock.ElapsedTicks * 1000000 / Stopwatch.Frequency;
        var answer = new Writer();
        answer.Number(code);
        answer.Number((int)Math.Min(microseconds, int.MaxValue));
        answer.Blob(said.ToArray());
        answer.Blob(complained.ToArray());
        var files = new List<string>();
        foreach (string file in Directory.GetFiles(".", "*", SearchOption.AllDirectories)) {
            string name = file.Substring(2);
            if (!name.StartsWith(Own + "/", StringComparison.Ordinal) && !given.Contains(name)) files.Add(name);
        }
        files.Sort(StringComparer.Ordinal);
        foreach (string name in files) {
            answer.Blob(Encoding.UTF8.GetBytes(name));
            answer.Number(access(name, MayExecute) == 0 ? 1 : 0);
            answer.Blob(File.ReadAllBytes(name));
        }
        return answer.Bytes();
    }

    static void Clear() {
        foreach (string file in Directory.GetFiles(".")) File.Delete(file);
        foreach (string folder in Directory.GetDirectories(".")) {
            if (folder != "./" + Own) Directory.Delete(folder, true);
        }
    }

    sealed class Reader {
        readonly Stream stream;

        public Reader(Stream stream) {
            this.stream = stream;
        }

        public int Number() {
            byte[] four = Take(4);
            return four[0] << 24 | four[1] << 16 | four[2] << 8 | four[3];
        }

        public byte[] Blob() {
            return Take(Number());
        }

        public string Text() {
            return Encoding.UTF8.GetString(Blob());
        }

        byte[] Take(int count) {
            var bytes = new byte[count];
            for (int done = 0; done < count;) {
                int more = stream.Read(bytes, done, count - done);
                if (more == 0) throw new EndOfStreamException();
                done += more;
            }
            return bytes;
        }
    }

    sealed class Writer {
        readonly MemoryStream stream = new MemoryStream();

        public void Number(int number) {
            for (int shift = 24; shift >= 0; shift -= 8) stream.WriteByte((byte)(number >> shift));
        }

        public void Blob(byte[] bytes) {
            Number(bytes.Length);
            stream.Write(bytes, 0, bytes.Length);
        }

        public byte[] Bytes() {
            return stream.ToArray();
        }
    }
}
