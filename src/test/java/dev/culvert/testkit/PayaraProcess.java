package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The operating system's side of a {@link PayaraMicro}: birth, output, death and what is left. */
final class PayaraProcess {

  private static final int TAIL = 80;
  private static final Duration EXIT_LIMIT = Duration.ofSeconds(10);

  private final Process process;
  private final Path home;
  private final Thread killer;
  private final ServerLog log;

  /** The address of the JMX connector, once the server is up. */
  private final CompletableFuture<String> address = new CompletableFuture<>();

  private PayaraProcess(Process process, Path home) {
    this.process = process;
    this.home = home;
    this.log = new ServerLog(home.resolve("server.log"));
    this.killer = new Thread(process::destroyForcibly, "testkit-payara-killer");
  }

  static PayaraProcess start(PayaraOptions options) throws IOException {
    Path home = WorkDirectory.create("payara");
    ProcessBuilder builder =
        new ProcessBuilder(PayaraCommand.line(options, home))
            .directory(home.toFile())
            .redirectError(home.resolve("server.log").toFile());
    // Only the test configures Culvert, not the shell it was started from.
    builder.environment().keySet().removeIf(name -> name.startsWith("CULVERT_"));
    builder.environment().putAll(options.environment());
    PayaraProcess started = new PayaraProcess(builder.start(), home);
    Runtime.getRuntime().addShutdownHook(started.killer);
    Thread reader = new Thread(started::readOutput, "testkit-payara-output");
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
   * Waits for the server to be up.
   *
   * @return the address of its JMX connector
   * @throws IllegalStateException when it dies or takes too long, with the tail of its log
   */
  String awaitAddress(Duration limit) {
    try {
      return address.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      throw failed("Payara Micro not up: after " + limit.toSeconds() + " s", slow);
    } catch (ExecutionException died) {
      throw failed("Payara Micro not up: " + died.getCause().getMessage(), died);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw failed("Payara Micro not up: interrupted", stopped);
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
      throw failed("Payara Micro does not die: pid " + process.pid(), null);
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

  private IllegalStateException failed(String what, Exception cause) {
    return new IllegalStateException(what + "\n" + log.tail(TAIL), cause);
  }

  /** Completes {@link #address}, then drains whatever else the JVM prints. */
  private void readOutput() {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(PayaraLauncher.READY)) {
          address.complete(line.substring(PayaraLauncher.READY.length()));
        }
      }
      address.completeExceptionally(new IOException("its output ended"));
    } catch (IOException broken) {
      address.completeExceptionally(broken);
    }
  }
}
