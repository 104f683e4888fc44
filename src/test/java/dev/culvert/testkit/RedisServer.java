package dev.culvert.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.embedded.core.ExecutableProvider;

/** A real redis-server on loopback, which keeps nothing on disk. */
public final class RedisServer implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(10);

  /** Unpacked once: it has 10 MB. */
  private static final class Program {
    static final Path FILE = unpacked();

    private static Path unpacked() {
      try {
        Path directory = Files.createTempDirectory("redis-program-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> WorkDirectory.delete(directory)));
        return ExecutableProvider.newJarResourceProvider(directory.toFile()).get().toPath();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Path directory;
  private final int port;
  private final List<String> command;
  private Process process;

  private RedisServer(Path directory, int port, List<String> command) {
    this.directory = directory;
    this.port = port;
    this.command = command;
  }

  /**
   * Starts one on a free port.
   *
   * @param options as on its command line
   */
  public static RedisServer start(String... options) {
    try {
      return start(FreePort.find(), options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one on this port. */
  public static RedisServer start(int port, String... options) {
    try {
      Path directory = Files.createTempDirectory("redis-");
      List<String> command = new ArrayList<>();
      command.add(Program.FILE.toString());
      command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
      command.addAll(List.of("--save", "", "--appendonly", "no"));
      command.addAll(List.of(options));
      RedisServer server = new RedisServer(directory, port, command);
      server.startAgain();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again, on the same port and with nothing in it. */
  public void startAgain() {
    try {
      process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("redis.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Process started = process;
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    Awaitility.await().pollDelay(Duration.ZERO).pollInterval(POLL).until(this::listens);
  }

  private boolean listens() {
    if (!process.isAlive()) {
      throw new IllegalStateException("redis-server has ended: " + log());
    }
    try (Jedis jedis = new Jedis("127.0.0.1", port)) {
      jedis.connect();
      return true;
    } catch (JedisConnectionException notYet) {
      return false;
    }
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("redis.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Ends it at once, and all that is in it. */
  public void stop() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("redis-server does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public int port() {
    return port;
  }

  /** A connection of the test's own. */
  public Jedis client() {
    return new Jedis("127.0.0.1", port);
  }

  @Override
  public void close() {
    stop();
    WorkDirectory.delete(directory);
  }
}
