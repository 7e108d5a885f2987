package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Asyncio;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.WatchedLoop;
import dev.weft.thread.LoopSockets;
import dev.weft.thread.LoopThreads;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import javax.net.SocketFactory;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Jedis, a client of Redis that blocks a thread for each request, unchanged, on one loop. */
@RequiresPeer("redis-server")
@Timeout(120)
class ThreadRedisIT {

  private static final int THREADS = 100;
  private static final int EACH = 20;

  private static Peer redis;
  private static int port;

  /** Which sockets the client uses. */
  private enum Sockets {
    LOOPS {
      @Override
      SocketFactory on(WatchedLoop watched) {
        return LoopSockets.socketFactory(watched.loop());
      }
    },
    JDKS {
      @Override
      SocketFactory on(WatchedLoop watched) {
        return SocketFactory.getDefault();
      }
    };

    abstract SocketFactory on(WatchedLoop watched);
  }

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    redis = Peers.start(
        "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", directory);
    redis.awaitOutput("Ready to accept connections", Duration.ofSeconds(40));
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  private static JedisSocketFactory connecting(SocketFactory sockets) {
    return () -> {
      try {
        return sockets.createSocket("127.0.0.1", port);
      } catch (IOException e) {
        throw new JedisConnectionException(e);
      }
    };
  }

  @ParameterizedTest(name = "100 threads wait for an element each, and get theirs; sockets: {0}")
  @EnumSource
  void blockingPops(Sockets sockets) throws Exception {
    WatchedLoop.run(watched -> {
      JedisSocketFactory connecting = connecting(sockets.on(watched));
      try (var jedis = new Jedis(connecting);
          ExecutorService threads = LoopThreads.executor(watched.loop())) {
        var popped = new ArrayList<Future<List<String>>>();
        for (int i = 0; i < THREADS; i++) {
          String list = "list " + i;
          popped.add(threads.submit(() -> {
            watched.visit();
            try (var own = new Jedis(connecting)) {
              return own.blpop(0, list);
            }
          }));
        }
        // no client gets a value before all wait, so the loop has to go on meanwhile
        while (!jedis.info("clients").contains("blocked_clients:" + THREADS + "\r")) {
          Asyncio.sleep(Duration.ofMillis(10));
        }
        for (int i = 0; i < THREADS; i++) {
          jedis.rpush("list " + i, "element " + i);
        }
        for (int i = 0; i < THREADS; i++) {
          assertEquals(List.of("list " + i, "element " + i), popped.get(i).get());
        }
      }
      watched.assertVisits(THREADS);
      watched.assertOverlapped();
    });
  }

  @ParameterizedTest(name = "100 threads share a pool of 10 connections; sockets: {0}")
  @EnumSource
  void pool(Sockets sockets) throws Exception {
    WatchedLoop.run(watched -> {
      var config = new GenericObjectPoolConfig<Jedis>();
      config.setMaxTotal(10);
      config.setMaxIdle(10);
      String counter = "counter of " + sockets;
      try (var pool = new JedisPool(
              config,
              connecting(sockets.on(watched)),
              DefaultJedisClientConfig.builder().build());
          ExecutorService threads = LoopThreads.executor(watched.loop())) {
        // a thread that finds a connection being made spins in this pool, which blocks the loop
        pool.addObjects(10);
        var ends = new ArrayList<Future<?>>();
        for (int i = 0; i < THREADS; i++) {
          ends.add(threads.submit(() -> {
            for (int j = 0; j < EACH; j++) {
              try (Jedis jedis = pool.getResource()) {
                jedis.incr(counter);
                watched.visit();
              }
            }
          }));
        }
        for (Future<?> end : ends) {
          end.get();
        }
        try (Jedis jedis = pool.getResource()) {
          assertEquals("" + THREADS * EACH, jedis.get(counter));
        }
        assertEquals(10, pool.getCreatedCount());
      }
      watched.assertVisits(THREADS * EACH);
      watched.assertOverlapped();
    });
  }
}
