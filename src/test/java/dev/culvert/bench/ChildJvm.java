package dev.culvert.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A class of the test tree as a process of its own that is talked to line by line. */
final class ChildJvm implements AutoCloseable {

  private static final List<String> OPTIONS = List.of("-XX:+UseSerialGC", "-Xmx512m");

  private final Child child;
  private final BufferedReader answers;

  private ChildJvm(Child child) {
    this.child = child;
    answers = child.process().inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts a class.
   *
   * @param main needs the JDK and the test tree only
   * @param arguments of it
   */
  static ChildJvm start(Path directory, Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Jdk.tool("java")));
    command.addAll(OPTIONS);
    command.addAll(List.of("-cp", home(main), main.getName()));
    command.addAll(List.of(arguments));
    return new ChildJvm(Child.startTalking(directory, command));
  }

  /** Returns the directory that a class was loaded from. */
  static String home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("cannot locate " + type, e);
    }
  }

  /** Sends a line. */
  void tell(String line) throws IOException {
    child.process().getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    child.process().getOutputStream().flush();
  }

  /**
   * Waits for a line.
   *
   * @throws IOException when none comes in time
   */
  String hear(Duration timeout) throws IOException {
    CompletableFuture<String> line = CompletableFuture.supplyAsync(this::readLine);
    try {
      return line.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no answer within " + timeout + ": " + child.tail(), e);
    }
  }

  private String readLine() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IOException("the process ended");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    child.close();
  }
}
