package dev.culvert.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Payara Micro in a JVM of its own, as an operator starts it: the exploded WAR with {@code
 * --hotdeploy}, on loopback, without a cluster. Used by the demo's main thread; {@link #stop} by
 * any.
 */
final class DemoServer {

  private static final Duration BOOT_LIMIT = Duration.ofMinutes(2);
  private static final Duration REDEPLOY_LIMIT = Duration.ofSeconds(60);

  /** Payara looks every 2 s; the first look after the start only notes the file's time. */
  private static final Duration RELOAD_NOTICED = Duration.ofSeconds(5);

  private static final long STOP_SECONDS = 15;
  private static final long POLL_MILLIS = 200;
  private static final int TAIL = 40;
  private static final Pattern GATEWAY_STARTED =
      Pattern.compile("CULVERT-G001 .*deployment=(\\d+)");
  private static final String GATEWAY_STOPPED = "CULVERT-G003";
  private static final String LISTENERS =
      "set configs.config.server-config.network-config.network-listeners.network-listener.";

  private final Process process;
  private final Path log;
  private final Path application;
  private final URI page;

  /** Set by {@link #stop}. */
  private volatile boolean stopping;

  private DemoServer(Process process, Path log, Path application, URI page) {
    this.process = process;
    this.log = log;
    this.application = application;
    this.page = page;
  }

  /**
   * Starts the server; {@link #awaitReady} waits for it.
   *
   * @param micro Payara Micro's jar
   * @param application the exploded WAR
   * @param home for the log and the server's own files
   * @param configuration of Culvert
   */
  static DemoServer start(
      Path micro, Path application, Path home, int port, Map<String, String> configuration)
      throws IOException {
    Path boot =
        Files.write(
            home.resolve("preboot.txt"),
            List.of(
                LISTENERS + "http-listener.address=127.0.0.1",
                LISTENERS + "https-listener.address=127.0.0.1"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + Files.createDirectories(home.resolve("tmp")));
    configuration.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-jar", micro.toString()));
    // Not --nocluster: with it Payara ignores --nohazelcast and listens for a cluster.
    command.addAll(List.of("--nohazelcast", "--disablephonehome"));
    command.addAll(List.of("--port", Integer.toString(port)));
    command.addAll(List.of("--prebootcommandfile", boot.toString()));
    command.addAll(List.of("--hotdeploy", "--deploy", application.toString()));
    Path log = home.resolve("server.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    // What configures the demo stands in its command line.
    builder.environment().keySet().removeIf(name -> name.startsWith("CULVERT_"));
    URI page = URI.create("http://127.0.0.1:" + port + "/" + application.getFileName() + "/");
    return new DemoServer(builder.start(), log, application, page);
  }

  URI page() {
    return page;
  }

  long pid() {
    return process.pid();
  }

  Path log() {
    return log;
  }

  Path reloadFile() {
    return application.resolve(".reload");
  }

  /**
   * Waits until the page is served.
   *
   * @throws DemoException when the server ends or takes too long; with the end of its log
   */
  void awaitReady() throws DemoException, InterruptedException {
    Instant limit = Instant.now().plus(BOOT_LIMIT);
    while (!answers()) {
      if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw failed("Payara Micro ended with exit code " + process.exitValue());
      }
      if (Instant.now().isAfter(limit)) {
        throw failed(
            "Payara Micro does not serve " + page + " after " + BOOT_LIMIT.toSeconds() + " s");
      }
    }
  }

  /**
   * Redeploys and waits for the end of it.
   *
   * @return the number of the new deployment, as in the log
   * @throws DemoException when no new deployment starts
   */
  String redeploy() throws DemoException, IOException, InterruptedException {
    int mark = lines().size();
    Instant limit = Instant.now().plus(REDEPLOY_LIMIT);
    while (Instant.now().isBefore(limit)) {
      touch(reloadFile());
      Instant noticed = Instant.now().plus(RELOAD_NOTICED);
      while (Instant.now().isBefore(hasStopped(mark) ? limit : noticed)) {
        List<String> news = lines().subList(mark, lines().size());
        for (String line : news) {
          var started = GATEWAY_STARTED.matcher(line);
          if (started.find()) {
            return started.group(1);
          }
        }
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          throw failed("Payara Micro ended with exit code " + process.exitValue());
        }
      }
    }
    throw failed("no new deployment started");
  }

  private boolean hasStopped(int mark) throws DemoException {
    List<String> lines = lines();
    return lines.subList(mark, lines.size()).stream()
        .anyMatch(line -> line.contains(GATEWAY_STOPPED));
  }

  private static void touch(Path file) throws IOException {
    if (Files.notExists(file)) {
      Files.createFile(file);
    }
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
  }

  /**
   * Waits for the end of the process.
   *
   * @throws DemoException when it ended without {@link #stop}
   */
  void awaitExit() throws DemoException, InterruptedException {
    int code = process.waitFor();
    if (!stopping) {
      throw failed("Payara Micro has ended with exit code " + code);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Lets the server stop by itself, and kills it when it does not within 15 s. Idempotent. */
  void stop() {
    stopping = true;
    process.destroy();
    try {
      if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  private boolean answers() {
    try {
      HttpURLConnection connection = (HttpURLConnection) page.toURL().openConnection();
      connection.setConnectTimeout(1_000);
      connection.setReadTimeout(5_000);
      try {
        return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
      } finally {
        connection.disconnect();
      }
    } catch (IOException notYet) {
      return false;
    }
  }

  /**
   * A failure with what the server said last.
   *
   * @param what happened, without a full stop
   */
  private DemoException failed(String what) throws DemoException {
    List<String> lines = lines();
    String tail = String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
    return new DemoException(
        tail + "\n\n" + what + " (Java " + Runtime.version().feature() + "). Whole log: " + log);
  }

  private List<String> lines() throws DemoException {
    try {
      return new String(Files.readAllBytes(log), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new DemoException("cannot read the server's log " + log + ": " + e.getMessage());
    }
  }
}
