package dev.culvert.testkit;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What there is to tell of a call to a server that hangs. Made when the call begins. */
final class Hang {

  private static final int LINES = 20;
  private static final long DUMP_SECONDS = 20;

  private final Machine machine = new Machine();
  private final ServerLog log;
  private final int mark;
  private final Supplier<String> threads;

  /**
   * Begins.
   *
   * @param threads asks the server for its threads, which may hang as well
   */
  Hang(ServerLog log, Supplier<String> threads) {
    this.log = log;
    this.mark = log.mark();
    this.threads = threads;
  }

  /** The machine, the end of what the server has logged since, and its threads. */
  String describe() {
    return String.join("\n", machine.describe(), logged(), threads());
  }

  private String logged() {
    List<String> lines = log.linesFrom(mark).stream().filter(l -> !l.isBlank()).toList();
    return lines.stream()
        .skip(Math.max(0, lines.size() - LINES))
        .map(line -> "\n  " + line)
        .collect(joining("", "log: " + lines.size() + " lines since the call", ""));
  }

  private String threads() {
    return CompletableFuture.supplyAsync(threads, Hang::onThread)
        .completeOnTimeout(
            "threads: untold for " + DUMP_SECONDS + " s", DUMP_SECONDS, TimeUnit.SECONDS)
        .exceptionally(failed -> "threads: " + failed.getCause())
        .join();
  }

  private static void onThread(Runnable question) {
    Thread thread = new Thread(question, "testkit-dump");
    thread.setDaemon(true);
    thread.start();
  }
}
