// The operations of PeerBench on tokio's current_thread runtime; tasks.py describes the input and output.
use std::io::BufRead;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, Mutex, Notify};
use tokio::task::{yield_now, JoinSet};
use tokio::time::{sleep, timeout};

const MINUTE: Duration = Duration::from_secs(60);

async fn spawn(n: usize) {
    for _ in 0..n {
        tokio::spawn(async {}).await.unwrap();
    }
}

async fn yields(n: usize) {
    let side = |n: usize| async move {
        for _ in 0..n / 2 {
            yield_now().await;
        }
    };
    let other = tokio::spawn(side(n));
    side(n).await;
    other.await.unwrap();
}

// A message that two tasks send to each other, with the sender for the reply.
struct Ball(oneshot::Sender<Ball>);

async fn play(n: usize, mut mine: oneshot::Receiver<Ball>) {
    for _ in 0..n {
        match mine.await {
            Ok(Ball(back)) => {
                let (sender, receiver) = oneshot::channel();
                mine = receiver;
                let _ = back.send(Ball(sender));
            }
            Err(_) => return,
        }
    }
}

async fn future(n: usize) {
    let (to_other, others) = oneshot::channel();
    let (to_me, mine) = oneshot::channel();
    let other = tokio::spawn(play(n / 2, others));
    let _ = to_other.send(Ball(to_me));
    play(n / 2, mine).await;
    other.await.unwrap();
}

async fn event(n: usize) {
    let (ping, pong) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (to_me, mine) = (ping.clone(), pong.clone());
    let other = tokio::spawn(async move {
        for _ in 0..n / 2 {
            mine.notified().await;
            to_me.notify_one();
        }
    });
    for _ in 0..n / 2 {
        pong.notify_one();
        ping.notified().await;
    }
    other.await.unwrap();
}

async fn lock(n: usize) {
    let free = Mutex::new(());
    for _ in 0..n {
        drop(free.lock().await);
    }
}

async fn queue(n: usize, size: usize) {
    let (sender, mut receiver) = mpsc::channel(size);
    let producer = tokio::spawn(async move {
        for i in 0..n {
            sender.send(i).await.unwrap();
        }
    });
    for _ in 0..n {
        receiver.recv().await.unwrap();
    }
    producer.await.unwrap();
}

async fn gather(n: usize) {
    for _ in 0..n {
        let tasks: Vec<_> = (0..100).map(|_| tokio::spawn(async {})).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}

async fn group(n: usize) {
    for _ in 0..n {
        let mut tasks = JoinSet::new();
        for _ in 0..100 {
            tasks.spawn(async {});
        }
        while tasks.join_next().await.is_some() {}
    }
}

async fn timeouts(n: usize) {
    for _ in 0..n {
        timeout(MINUTE, async {}).await.unwrap();
    }
}

async fn sleeps(n: usize) {
    let tasks: Vec<_> = (0..n).map(|_| tokio::spawn(sleep(Duration::from_micros(100)))).collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn cancel(n: usize) {
    let tasks: Vec<_> = (0..n).map(|_| tokio::spawn(sleep(60 * MINUTE))).collect();
    tokio::spawn(async {}).await.unwrap(); // all tasks begin
    for task in &tasks {
        task.abort();
    }
    for task in tasks {
        let _ = task.await;
    }
}

// Runs a batch of an operation that takes some milliseconds. Returns its size, or 0 if there is no such operation.
async fn run(name: &str) -> usize {
    match name {
        "spawn" => { spawn(10_000).await; 10_000 }
        "yield" => { yields(10_000).await; 10_000 }
        "future" => { future(10_000).await; 10_000 }
        "event" => { event(10_000).await; 10_000 }
        "lock" => { lock(100_000).await; 100_000 }
        "queue1" => { queue(10_000, 1).await; 10_000 }
        "queue100" => { queue(10_000, 100).await; 10_000 }
        "gather" => { gather(100).await; 100 }
        "group" => { group(100).await; 100 }
        "timeout" => { timeouts(10_000).await; 10_000 }
        "sleep" => { sleeps(10_000).await; 10_000 }
        "cancel" => { cancel(10_000).await; 10_000 }
        _ => 0,
    }
}

async fn answer(name: String, length: Duration) {
    let mut count = 0;
    let start = Instant::now();
    while start.elapsed() < length {
        let done = run(&name).await;
        if done == 0 {
            println!("-");
            return;
        }
        count += done;
    }
    println!("{} {}", count, start.elapsed().as_nanos());
}

fn version() -> &'static str {
    let package = include_str!("Cargo.lock").split("name = \"tokio\"\nversion = \"").nth(1);
    package.unwrap().split('"').next().unwrap()
}

fn main() {
    println!("tokio {}", version());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        for line in std::io::stdin().lock().lines() {
            let line = line.unwrap();
            let (name, millis) = line.split_once(' ').unwrap();
            let length = Duration::from_millis(millis.parse().unwrap());
            tokio::spawn(answer(name.to_string(), length)).await.unwrap();
        }
    });
}
