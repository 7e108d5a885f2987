// The operations of PeerBench that Node.js has; tasks.py describes the input and output.
const readline = require('readline');

const nothing = async () => {};
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function spawn(n) {
  for (let i = 0; i < n; i++) {
    await nothing();
  }
}

async function yields(n) {
  const side = async () => {
    for (let i = 0; i < n / 2; i++) {
      await turn();
    }
  };
  const other = side();
  await side();
  await other;
}

async function future(n) {
  const create = () => {
    const future = {};
    future.promise = new Promise((resolve) => (future.resolve = resolve));
    return future;
  };
  let ping = create();
  let pong = create();
  const side = async () => {
    for (let i = 0; i < n / 2; i++) {
      await pong.promise;
      pong = create();
      ping.resolve();
    }
  };
  const other = side();
  for (let i = 0; i < n / 2; i++) {
    pong.resolve();
    await ping.promise;
    ping = create();
  }
  await other;
}

async function gather(n) {
  for (let i = 0; i < n; i++) {
    await Promise.all(Array.from({ length: 100 }, nothing));
  }
}

async function timer(n) {
  for (let i = 0; i < n; i++) {
    clearTimeout(setTimeout(() => {}, 60000));
  }
}

async function sleep(n) {
  const millisecond = () => new Promise((resolve) => setTimeout(resolve, 1));
  await Promise.all(Array.from({ length: n }, async () => await millisecond()));
}

async function cancel(n) {
  const timers = [];
  const hour = () => new Promise((resolve) => timers.push([setTimeout(resolve, 3600000), resolve]));
  const sleeps = Array.from({ length: n }, async () => await hour());
  await turn();
  for (const [timer, resolve] of timers) {
    clearTimeout(timer);
    resolve();
  }
  await Promise.all(sleeps);
}

// the size of a batch, which takes some milliseconds
const operations = {
  spawn: [spawn, 10000],
  yield: [yields, 1000],
  future: [future, 10000],
  gather: [gather, 100],
  timer: [timer, 10000],
  sleep: [sleep, 10000],
  cancel: [cancel, 10000],
};

(async () => {
  console.log('Node.js ' + process.versions.node);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [name, millis] = line.split(' ');
    if (!(name in operations)) {
      console.log('-');
      continue;
    }
    const [operation, n] = operations[name];
    let count = 0;
    let length;
    const start = process.hrtime.bigint();
    while ((length = process.hrtime.bigint() - start) < BigInt(millis) * 1000000n) {
      await operation(n);
      count += n;
    }
    console.log(`${count} ${length}`);
  }
})();
