use std::io::{self, Write};
use std::{env, fs, net, process, thread, time};

fn pause() {
    thread::sleep(time::Duration::from_millis(400));
}

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let mode = words.first().map_or("print", String::as_str);
    match mode {
        "print" => println!("hello"),
        "greet" => {
            let mut name = String::new();
            io::stdin().read_line(&mut name).unwrap();
            println!("hello {}!", name.trim());
        }
        "copy" => {
            io::copy(&mut io::stdin(), &mut io::stdout()).unwrap();
        }
        "arguments" => words[1..].iter().for_each(|word| println!("{word}")),
        "read" => print!("{}", fs::read_to_string("data/in.txt").unwrap()),
        "write" => fs::write("out.txt", "written ü\n").unwrap(),
        "exit" => process::exit(words[1].parse().unwrap()),
        "assert" => assert_eq!(1 + 1, 3),
        "uncaught" => panic!("went wrong"),
        "crash" => process::abort(),
        "loop" => loop {},
        "much" => io::stdout().write_all(&vec![b'x'; words[1].parse().unwrap()]).unwrap(),
        "memory" => {
            let mut kept = Vec::new();
            loop {
                kept.push(vec![1u8; 1 << 20]);
            }
        }
        "sleep" => {
            pause();
            println!("awake");
        }
        "spawn" => {
            let threads: Vec<_> = (0..4).map(|i| thread::spawn(move || i * 10)).collect();
            println!("{}", threads.into_iter().map(|thread| thread.join().unwrap()).sum::<i32>());
        }
        "listen" => {
            let _socket = net::TcpListener::bind("0.0.0.0:45678").unwrap();
            let mut file = fs::OpenOptions::new().write(true).create_new(true).open("mine.txt").unwrap();
            file.write_all(words[1].as_bytes()).unwrap();
            pause();
            print!("{}", fs::read_to_string("mine.txt").unwrap());
        }
        _ => {}
    }
}
