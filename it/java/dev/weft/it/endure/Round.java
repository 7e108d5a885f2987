package dev.weft.it.endure;

import dev.weft.it.endure.Ledger.Count;
import dev.weft.it.endure.Ledger.Heard;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.process.Process;
import dev.weft.process.Subprocesses;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.StreamReader;
import dev.weft.stream.Streams;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.DatagramTransport;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Some servers of all kinds, their peers, and other work, until the given number of operations; then everything ends,
 * and the resources must be as before.
 */
final class Round {

  private static final int PEERS = 32;
  private static final int CLIENTS = 32;
  private static final int WORKERS = 40;
  private static final int CHORES = 90; // percent of the operations
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final ConnectionOptions TLS_CLIENT = ConnectionOptions.defaults()
      .withSsl(SslOptions.of(Tls.CLIENT).withServerHostname("localhost"));

  private final Ledger ledger;
  private final EventLoop loop = EventLoop.getRunningLoop();
  private final SplittableRandom random;
  private final long chores;
  private final long traffic;
  private final long choresBefore;
  private final long trafficBefore;
  private final List<Server> servers = new ArrayList<>();
  private final List<Port> ports = new ArrayList<>();
  private int connections;

  /**
   * @param operations the number of operations
   */
  Round(Ledger ledger, SplittableRandom random, long operations) {
    this.ledger = ledger;
    this.random = random;
    chores = operations * CHORES / 100;
    traffic = operations - chores;
    choresBefore = ledger.get(Count.CHORES);
    trafficBefore = traffic();
  }

  private long traffic() {
    return ledger.get(Count.FRAMES)
        + ledger.get(Count.CONVERSATIONS)
        + ledger.get(Count.DATAGRAMS_SENT)
        + ledger.get(Count.CALLBACKS_POSTED);
  }

  private double choresDone() {
    return (double) (ledger.get(Count.CHORES) - choresBefore) / chores;
  }

  private double trafficDone() {
    return (double) (traffic() - trafficBefore) / traffic;
  }

  /**
   * Runs it. Suspends.
   *
   * @param folder for Unix sockets
   * @param crowd how many connections are to be open at once
   * @param scarcity what takes descriptors away meanwhile, if anything does
   * @param before what there is to be in the end, if that is known
   */
  void run(Path folder, int crowd, Optional<Scarcity> scarcity, Optional<Resources> before)
      throws Exception {
    listen(folder);
    var threads = new Threads(ledger, listening());
    threads.start();
    DatagramTransport endpoint = Datagrams.open(ledger);
    int datagrams = ((InetSocketAddress) endpoint.getExtraInfo(ExtraInfo.SOCKNAME)).getPort();
    var hostile = new HostileServer(ledger, random.split(), false);
    var hostileTls = new HostileServer(ledger, random.split(), true);
    ExecutorService peers = Executors.newFixedThreadPool(
        PEERS + 2, Thread.ofPlatform().daemon().name("peer-", 0).factory());
    var all = new ArrayList<Future<?>>();
    for (int i = 0; i < PEERS; i++) {
      SplittableRandom own = random.split();
      all.add(elsewhere(peers, () -> peer(own, datagrams)));
    }
    Port crowded = ports.get(random.nextInt(3));
    SplittableRandom crowds = random.split();
    all.add(elsewhere(peers, () -> new Crowd(ledger, crowds).come(crowded, crowd)));
    scarcity.ifPresent(some -> all.add(elsewhere(peers, () -> {
      try {
        some.last(300);
      } catch (IOException | InterruptedException error) {
        ledger.violate("descriptors", error);
      }
    })));
    for (int i = 0; i < CLIENTS; i++) {
      var clients = i % 4 == 0
          ? new Clients(ledger, random.split(), hostileTls.port(), TLS_CLIENT)
          : new Clients(ledger, random.split(), hostile.port(), ConnectionOptions.defaults());
      all.add(ledger.track(loop.createTask(() -> {
        while (trafficDone() < 1 && !ledger.isViolated()) {
          clients.one();
        }
      })));
    }
    for (int i = 0; i < WORKERS; i++) {
      var work = new Chores(ledger, random.split());
      all.add(ledger.track(loop.createTask(() -> work(work))));
    }
    all.add(ledger.track(loop.createTask(this::children)));
    for (Future<?> each : all) {
      each.await();
    }
    peers.shutdown();
    loop.runInExecutor(() -> {
          hostile.close();
          hostileTls.close();
          return peers.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        })
        .await();
    endpoint.close();
    threads.close();
    for (Server each : servers) {
      each.close();
      each.waitClosed();
    }
    settle(before);
  }

  /** The resources, measured on another thread. Suspends. */
  Resources look() {
    return loop.runInExecutor(Resources::now).await();
  }

  private Future<?> elsewhere(ExecutorService executor, Runnable code) {
    return ledger.track(loop.runInExecutor(executor, () -> {
      ledger.offCarrier();
      code.run();
      return null;
    }));
  }

  // ---- servers

  private void listen(Path folder) throws IOException {
    var plain = ServerOptions.defaults().withBacklog(4096);
    var tls = plain.withSsl(SslOptions.of(Tls.SERVER));
    Supplier<BaseProtocol> given = () -> Answering.given(ledger, connections++);
    Supplier<BaseProtocol> buffered = () -> Answering.buffered(ledger, connections++);
    ClientHandler handler = new Handling(ledger);
    int limit = StreamReader.DEFAULT_LIMIT;
    add("protocol", loop.createServer(given, "127.0.0.1", 0, plain), false, true);
    add("buffered", loop.createServer(buffered, "127.0.0.1", 0, plain), false, true);
    add("streams", Streams.startServer(handler, "127.0.0.1", 0, limit, plain), false, true);
    add("tls protocol", loop.createServer(given, "127.0.0.1", 0, tls), true, true);
    add("tls buffered", loop.createServer(buffered, "127.0.0.1", 0, tls), true, true);
    add("tls streams", Streams.startServer(handler, "127.0.0.1", 0, limit, tls), true, true);
    Supplier<BaseProtocol> unreliable = () -> {
      if (++connections % 3 == 0) {
        throw ledger.failure(Heard.BY_HANDLER);
      }
      return Answering.given(ledger, connections);
    };
    add("unreliable", loop.createServer(unreliable, "127.0.0.1", 0, plain), false, false);
    addUnix(folder.resolve("p"), path -> loop.createUnixServer(given, path, plain));
    addUnix(folder.resolve("s"), path -> Streams.startUnixServer(handler, path, limit, plain));
  }

  private void add(String name, Server server, boolean tls, boolean reliable) {
    servers.add(server);
    ports.add(new Port(name, new InetSocketAddress("127.0.0.1", server.port()), tls, reliable));
  }

  private interface UnixServers {
    Server listen(Path path) throws IOException;
  }

  private void addUnix(Path path, UnixServers listening) throws IOException {
    servers.add(listening.listen(path));
    ports.add(new Port("unix " + path, UnixDomainSocketAddress.of(path), false, true));
  }

  private ServerSocket listening() throws IOException {
    ServerSocket socket = loop.newServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    ports.add(new Port(
        "threads", new InetSocketAddress("127.0.0.1", socket.getLocalPort()), false, true));
    return socket;
  }

  // ---- peers and work

  private void peer(SplittableRandom own, int datagrams) {
    var posted = new int[1];
    var run = new int[1];
    while (trafficDone() < 1 && !ledger.isViolated()) {
      int kind = own.nextInt(20);
      if (kind == 0) {
        try {
          Datagrams.converse(ledger, datagrams, own);
        } catch (IOException error) {
          ledger.hold(Ledger.isScarcity(error), "datagrams: " + error);
        }
      } else if (kind < 4) {
        for (int i = own.nextInt(50); i > 0; i--) {
          ledger.operation(Count.CALLBACKS_POSTED);
          int number = posted[0]++;
          loop.callSoonThreadsafe(() -> {
            ledger.onCarrier();
            ledger.hold(run[0]++ == number, "callbacks of one thread in another order");
            ledger.count(Count.CALLBACKS_RUN);
          });
        }
      } else {
        HostilePeer.converse(ledger, port(own), own);
      }
    }
  }

  /** Any kind, but TLS less often, because most of the time would go into handshakes. */
  private Port port(SplittableRandom own) {
    Port port = ports.get(own.nextInt(ports.size()));
    return port.tls() && own.nextInt(4) > 0 ? port(own) : port;
  }

  /** Does chores, at the pace of the traffic. */
  private void work(Chores work) throws Exception {
    while (choresDone() < 1 && !ledger.isViolated()) {
      if (choresDone() > trafficDone() + 0.02) {
        Task.sleep(Duration.ofMillis(1));
      } else {
        work.one();
      }
    }
  }

  /** Some processes. */
  private void children() throws IOException {
    byte[] input = Frames.frame(1, 1, Frames.LARGEST);
    for (int i = 0; i < 3; i++) {
      try {
        Process cat = Subprocesses.exec(
            List.of("cat"), SubprocessOptions.pipes(), StreamReader.DEFAULT_LIMIT);
        ledger.hold(
            Arrays.equals(input, cat.communicate(input).stdout()), "cat gives back something else");
        ledger.hold(cat.waitFor() == 0, "cat fails");
      } catch (IOException error) {
        ledger.hold(Ledger.isScarcity(error), "a child: " + error);
      }
    }
  }

  // ---- the end

  private void settle(Optional<Resources> before) throws Exception {
    eventually(
        () -> loop.allTasks().size() == 1 && loop.guestThreads().isEmpty(),
        () -> "tasks left: " + loop.allTasks() + loop.guestThreads());
    eventually(ledger::isSettled, () -> "counts differ");
    eventually(() -> Script.open() == 0, () -> "scripts are open");
    if (before.isPresent()) {
      eventually(
          () -> look().isBackAt(before.get()),
          () -> before.get() + " have become " + look() + " " + Resources.openSockets() + " of "
              + ports);
    }
    eventually(
        () -> {
          look(); // collects them
          return ledger.get(Count.FAILURES_FOUND) == ledger.get(Count.FAILURES_DROPPED);
        },
        () -> "failures that no code received");
  }

  private void eventually(BooleanSupplier condition, Callable<String> otherwise) throws Exception {
    long deadline = loop.time() + PATIENCE.toNanos();
    for (int pause = 1;
        !ledger.isViolated() && !condition.getAsBoolean();
        pause = Math.min(2 * pause, 250)) {
      if (loop.time() > deadline) {
        ledger.violate(otherwise.call(), null);
      }
      Task.sleep(Duration.ofMillis(pause));
    }
  }
}
