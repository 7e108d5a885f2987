package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weft.Asyncio;
import dev.weft.it.support.Postgres;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.WatchedLoop;
import dev.weft.loop.Task;
import dev.weft.thread.LoopSocketFactory;
import dev.weft.thread.LoopThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The unchanged JDBC driver of PostgreSQL on one loop. */
@RequiresPeer("postgres")
@Timeout(180)
class ThreadPostgresIT {

  private static final int QUERIES = 200;

  private static Postgres postgres;

  /** Which sockets the driver uses. */
  private enum Sockets {
    LOOPS("&socketFactory=" + LoopSocketFactory.class.getName()),
    JDKS("");

    private final String option;

    Sockets(String option) {
      this.option = option;
    }
  }

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    postgres = Postgres.start(directory, QUERIES + 50);
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  private static Connection connect(Sockets sockets) throws SQLException {
    return DriverManager.getConnection(postgres.url() + sockets.option);
  }

  @ParameterizedTest(name = "200 queries wait in the server at the same time; sockets: {0}")
  @EnumSource
  void concurrentQueries(Sockets sockets) throws Exception {
    WatchedLoop.run(watched -> {
      try (Connection connection = connect(sockets);
          Statement statement = connection.createStatement();
          ExecutorService threads = LoopThreads.executor(watched.loop(), "query-")) {
        statement.execute("select pg_advisory_lock(1)");
        var answers = new ArrayList<Future<String>>();
        for (int i = 0; i < QUERIES; i++) {
          int number = i;
          answers.add(threads.submit(() -> query(watched, sockets, number)));
        }
        // none of them can end before all of them have begun, so the loop has to go on meanwhile
        while (!waiting(statement).equals("" + QUERIES)) {
          Asyncio.sleep(Duration.ofMillis(10));
        }
        statement.execute("select pg_advisory_unlock(1)");
        for (int i = 0; i < QUERIES; i++) {
          assertEquals("row " + i, answers.get(i).get());
        }
      }
      watched.assertVisits(QUERIES);
    });
  }

  private static String query(WatchedLoop watched, Sockets sockets, int number)
      throws SQLException {
    watched.visit();
    try (Connection connection = connect(sockets);
        Statement statement = connection.createStatement()) {
      return only(statement, "select 'row " + number + "' from pg_advisory_lock_shared(1)");
    }
  }

  private static String waiting(Statement statement) throws SQLException {
    return only(
        statement, "select count(*) from pg_locks where locktype = 'advisory' and not granted");
  }

  private static String only(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      assertTrue(rows.next());
      return rows.getString(1);
    }
  }

  @ParameterizedTest(
      name = "100,000 rows arrive in a transaction, and leave in another; sockets: {0}")
  @EnumSource
  void manyRows(Sockets sockets) throws Exception {
    WatchedLoop.run(watched -> {
      watched.visit();
      try (Connection connection = connect(sockets);
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute("create temporary table squares (n int, square bigint)");
        try (var insert = connection.prepareStatement("insert into squares values (?, ?)")) {
          for (long n = 0; n < 100_000; n++) {
            insert.setLong(1, n);
            insert.setLong(2, n * n);
            insert.addBatch();
          }
          insert.executeBatch();
        }
        connection.commit();
        statement.setFetchSize(1000);
        try (ResultSet rows = statement.executeQuery("select * from squares order by n")) {
          for (long n = 0; n < 100_000; n++) {
            assertTrue(rows.next());
            assertEquals(n * n, rows.getLong(2));
          }
        }
        connection.commit();
      }
      watched.assertVisits(1);
    });
  }

  @ParameterizedTest(name = "cancelling the task of a query ends it; sockets: {0}")
  @EnumSource
  void cancelled(Sockets sockets) throws Exception {
    WatchedLoop.run(watched -> {
      try (Connection connection = connect(sockets);
          Statement statement = connection.createStatement()) {
        statement.execute("select pg_advisory_lock(1)");
        Task<String> stuck = Asyncio.createTask(() -> query(watched, sockets, 0));
        while (!waiting(statement).equals("1")) {
          Asyncio.sleep(Duration.ofMillis(10));
        }
        stuck.cancel();
        // the driver does not handle interrupts: for it the socket has failed
        assertThrows(SQLException.class, () -> Asyncio.await(stuck));
        assertEquals(1, stuck.cancelling());
        statement.execute("select pg_advisory_unlock(1)");
      }
    });
  }

  /** How the connections of a pool get their sockets. */
  private enum Pooled {
    JDKS(""),
    /** The pool's own threads, which make all connections except the first, have no running loop. */
    OF_WHO_CONNECTS("&socketFactory=" + LoopSocketFactory.class.getName()),
    DEFAULT_LOOPS("&socketFactory=" + LoopSocketFactory.class.getName());

    private final String option;

    Pooled(String option) {
      this.option = option;
    }
  }

  @Test
  @DisplayName(
      "HikariCP fills its pool of 10, and 10 tasks' queries of 100 ms take as long as with the JDK's sockets")
  void pool() throws Exception {
    var took = new EnumMap<Pooled, Duration>(Pooled.class);
    for (Pooled pooled : Pooled.values()) {
      took.put(pooled, pool(pooled));
    }
    System.out.println("100 queries of 100 ms over a pool of 10: " + took);
    took.forEach((pooled, time) -> assertTrue(
        time.compareTo(took.get(Pooled.JDKS).multipliedBy(5).dividedBy(4)) < 0, took::toString));
  }

  private static Duration pool(Pooled pooled) throws Exception {
    var took = new AtomicReference<Duration>();
    WatchedLoop.run(watched -> {
      if (pooled == Pooled.DEFAULT_LOOPS) {
        LoopSocketFactory.setDefaultLoop(watched.loop());
      }
      var config = new HikariConfig();
      config.setJdbcUrl(postgres.url() + pooled.option);
      config.setMaximumPoolSize(10);
      try (var pool = new HikariDataSource(config);
          ExecutorService threads = LoopThreads.executor(watched.loop(), "query-")) {
        while (pool.getHikariPoolMXBean().getTotalConnections() < 10) {
          Asyncio.sleep(Duration.ofMillis(10));
        }
        long begin = System.nanoTime();
        var answers = new ArrayList<Future<String>>();
        for (int i = 0; i < 100; i++) {
          int number = i;
          answers.add(threads.submit(() -> {
            watched.visit();
            try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
              return only(statement, "select 'row " + number + "' from pg_sleep(0.1)");
            }
          }));
        }
        for (int i = 0; i < 100; i++) {
          assertEquals("row " + i, answers.get(i).get());
        }
        took.set(Duration.ofNanos(System.nanoTime() - begin));
        assertEquals(10, pool.getHikariPoolMXBean().getTotalConnections());
      }
      watched.assertVisits(100);
    });
    return took.get();
  }
}
