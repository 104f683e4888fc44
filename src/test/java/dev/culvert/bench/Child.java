package dev.culvert.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that the benchmark started, and all that it starts. Ends with the benchmark. */
final class Child implements AutoCloseable {

  private static final long GRACE_MILLIS = 5_000;
  private static final String LOG = "output.log";

  private final Process process;
  private final Path log;
  private final Thread killer;

  private Child(Process process, Path log) {
    this.process = process;
    this.log = log;
    killer = new Thread(this::kill, "kill-" + process.pid());
    Runtime.getRuntime().addShutdownHook(killer);
  }

  /**
   * Starts a program whose output goes to a file.
   *
   * @param directory where it works; holds the file
   * @param environment in addition to the own
   */
  static Child start(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    Path log = directory.resolve(LOG);
    ProcessBuilder builder = builder(directory, command).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return new Child(builder.redirectErrorStream(true).start(), log);
  }

  /** Starts a program whose standard input and output are the caller's to use. */
  static Child startTalking(Path directory, List<String> command) throws IOException {
    Path log = directory.resolve(LOG);
    return new Child(builder(directory, command).redirectError(log.toFile()).start(), log);
  }

  private static ProcessBuilder builder(Path directory, List<String> command) throws IOException {
    Files.createDirectories(directory);
    return new ProcessBuilder(command).directory(directory.toFile());
  }

  Process process() {
    return process;
  }

  /** Returns the program and all that it started and that lives now. */
  List<Long> pids() {
    return Processes.family(process.toHandle());
  }

  /**
   * Waits.
   *
   * @throws IllegalStateException with the program's last words when it ends meanwhile
   */
  void stayAlive(Duration time) {
    try {
      if (process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            process.info().command().orElse("program") + ": ended early; " + log + ":\n" + tail());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Returns the end of what the program wrote. */
  String tail() {
    try {
      String text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - 2_000));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log, e);
    }
  }

  /** Asks it to end, and ends it when it does not. */
  @Override
  public void close() {
    try {
      process.destroy();
      process.waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
    Runtime.getRuntime().removeShutdownHook(killer);
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
