<?php
$mode = $argv[1] ?? 'print';
switch ($mode) {
    case 'print': echo "hello\n"; break;
    case 'greet': echo 'hello ', trim(fgets(STDIN)), "!\n"; break;
    case 'copy': stream_copy_to_stream(STDIN, STDOUT); break;
    case 'arguments': foreach (array_slice($argv, 2) as $word) echo $word, "\n"; break;
    case 'read': readfile('data/in.txt'); break;
    case 'write': file_put_contents('out.txt', "written ü\n"); break;
    case 'exit': exit((int) $argv[2]);
    case 'assert': assert(1 + 1 === 3); break;
    case 'uncaught': throw new RuntimeException('went wrong');
    case 'crash': posix_kill(posix_getpid(), 11); break;
    case 'loop': while (true);
    case 'much': echo str_repeat('x', (int) $argv[2]); break;
    case 'memory': $kept = []; while (true) $kept[] = str_repeat(chr(count($kept) % 256), 1 << 20);
    case 'sleep': usleep(400000); echo "awake\n"; break;
    case 'spawn':
        $sum = 0;
        foreach (range(0, 3) as $i) $sum += (int) shell_exec("expr $i '*' 10");
        echo $sum, "\n";
        break;
    case 'listen':
        $server = stream_socket_server('tcp://0.0.0.0:45678') or exit(1);
        fwrite(fopen('mine.txt', 'x'), $argv[2]);
        usleep(400000);
        readfile('mine.txt');
        break;
}
