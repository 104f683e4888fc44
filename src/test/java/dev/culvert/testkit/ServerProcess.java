package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The operating system's side of a server under test: birth, output, death and what is left. */
final class ServerProcess {

  private static final int TAIL = 80;
  private static final Duration EXIT_LIMIT = Duration.ofSeconds(30);

  private final String name;
  private final Process process;
  private final Path home;
  private final Thread killer;
  private final ServerLog log;

  /** The address of the JMX connector, once the server is up. */
  private final CompletableFuture<String> address = new CompletableFuture<>();

  private ServerProcess(String name, Process process, Path home, ServerLog log) {
    this.name = name;
    this.process = process;
    this.home = home;
    this.log = log;
    this.killer = new Thread(process::destroyForcibly, "testkit-server-killer");
  }

  /**
   * Starts a server.
   *
   * @param name for messages
   * @param environment variables in addition to those of the test
   * @param home its directory, of which {@code tmp} is removed in the end
   * @param log the file of its log, which also gets what the JVM prints as errors
   */
  static ServerProcess start(
      String name, List<String> command, Map<String, String> environment, Path home, Path log)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // Only the test configures Culvert, not the shell it was started from.
    builder.environment().keySet().removeIf(variable -> variable.startsWith("CULVERT_"));
    builder.environment().putAll(environment);
    ServerProcess started = new ServerProcess(name, builder.start(), home, new ServerLog(log));
    Runtime.getRuntime().addShutdownHook(started.killer);
    Thread reader = new Thread(started::readOutput, "testkit-server-output");
    reader.setDaemon(true);
    reader.start();
    return started;
  }

  ServerLog log() {
    return log;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits for the line by which the server says that it is ready.
   *
   * @return the rest of the line: the address of its JMX connector
   * @throws IllegalStateException when it dies or takes too long, with the tail of its log
   */
  String awaitReady(Duration limit) {
    try {
      return address.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      throw failed("not up: after " + limit.toSeconds() + " s", slow);
    } catch (ExecutionException died) {
      throw failed("not up: " + died.getCause().getMessage(), died);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw failed("not up: interrupted", stopped);
    }
  }

  /** Asks the process to end (SIGTERM on Unix) and waits for it. */
  boolean terminate(Duration limit) {
    // Process.destroy would close the standard input as well, and that means: halt.
    process.toHandle().destroy();
    return awaitExit(limit);
  }

  /** Ends the process at once and removes its files but the log. Idempotent. */
  void kill() {
    process.destroyForcibly();
    if (!awaitExit(EXIT_LIMIT)) {
      throw failed("does not die: pid " + process.pid(), null);
    }
    if (Runtime.getRuntime().removeShutdownHook(killer)) {
      WorkDirectory.delete(home.resolve("tmp"));
    }
  }

  private boolean awaitExit(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  /** An exception with the tail of the log. */
  IllegalStateException failed(String what, Exception cause) {
    return new IllegalStateException(name + " " + what + "\n" + log.tail(TAIL), cause);
  }

  /** Completes {@link #address}, then drains whatever else the JVM prints. */
  private void readOutput() {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains(LoopbackJmx.READY)) {
          address.complete(
              line.substring(line.indexOf(LoopbackJmx.READY) + LoopbackJmx.READY.length()));
        }
      }
      address.completeExceptionally(new IOException("its output ended"));
    } catch (IOException broken) {
      address.completeExceptionally(broken);
    }
  }
}
