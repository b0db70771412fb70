require "socket"

mode, word = ARGV.empty? ? ["print"] : ARGV
case mode
when "print" then puts "hello"
when "greet" then puts "hello #{$stdin.gets.chomp}!"
when "copy" then IO.copy_stream($stdin, $stdout)
when "arguments" then puts ARGV.drop(1)
when "read" then print File.read("data/in.txt")
when "write" then File.write("out.txt", "written ü\n")
when "exit" then exit word.to_i
when "assert" then raise "assertion failed" unless 1 + 1 == 3
when "uncaught" then raise "went wrong"
when "crash" then Process.kill(:KILL, Process.pid)
when "loop" then loop {}
when "much" then print "x" * word.to_i
when "memory"
  kept = []
  loop { kept << "x" * (1 << 20) }
when "sleep"
  sleep 0.4
  puts "awake"
when "spawn" then puts 4.times.map { |i| Thread.new { i * 10 } }.sum(&:value)
when "listen"
  server = TCPServer.new(45678)
  File.open("mine.txt", File::CREAT | File::EXCL | File::WRONLY) { |file| file.write(word) }
  sleep 0.4
  print File.read("mine.txt")
  server.close
end
