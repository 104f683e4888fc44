package dev.culvert.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/**
 * What the benchmark does, from system properties; docs/benchmarks.md lists them.
 *
 * @param directory for configurations, logs and the table
 * @param firstWarmUp of each contestant and scenario, before all windows
 * @param warmUp before each window
 * @param window of each measurement
 * @param rounds in which every contestant has its turn
 * @param connections that exchange messages at the same time
 * @param payloads of messages, one scenario each, in bytes
 * @param idle streams of one batch of the memory measurement; 0 = leave it out
 * @param suites to run, one after the other
 * @param turns whether to make the tables of turns, after them
 * @param contestants names; empty = all
 * @param micro Payara Micro's jar
 * @param wildFly WildFly's directory
 * @param vertx directory of the jars of Vert.x
 * @param springGateway directory of the jars of Spring Cloud Gateway
 * @param war the application
 * @param jvm options of the JVM that runs a server
 */
record BenchSettings(
    Path directory,
    Duration firstWarmUp,
    Duration warmUp,
    Duration window,
    int rounds,
    int connections,
    List<Integer> payloads,
    int idle,
    List<Suite> suites,
    boolean turns,
    List<String> contestants,
    Path micro,
    Path wildFly,
    Path vertx,
    Path springGateway,
    Path war,
    List<String> jvm) {

  /** Among the tables. */
  private static final String TURNS = "turns";

  /**
   * All pages of the heap are resident from the start, so growth of resident memory excludes it.
   */
  private static final String FIXED_HEAP = "-Xms512m -Xmx512m -XX:+AlwaysPreTouch";

  /**
   * Reads the properties.
   *
   * @throws IllegalArgumentException that names the property with a bad value
   */
  static BenchSettings of(Properties properties) {
    List<String> tables = words(properties, "bench.tables", "plain,tls,turns,http");
    Path target = Path.of(properties.getProperty("bench.target", "target"));
    return new BenchSettings(
        target.resolve("bench"),
        Duration.ofSeconds(number(properties, "bench.first-warmup", "10", 0)),
        Duration.ofSeconds(number(properties, "bench.warmup", "1", 0)),
        Duration.ofSeconds(number(properties, "bench.seconds", "2", 1)),
        number(properties, "bench.rounds", "5", 1),
        number(properties, "bench.connections", "32", 1),
        words(properties, "bench.payloads", "1024,65536").stream()
            .map(word -> parse("bench.payloads", word, Conversation.MIN_PAYLOAD))
            .toList(),
        number(properties, "bench.idle", "2000", 0),
        tables.stream().filter(word -> !word.equals(TURNS)).map(Suite::of).toList(),
        tables.contains(TURNS),
        words(properties, "bench.contestants", ""),
        target.resolve("servers/payara-micro.jar"),
        Path.of(properties.getProperty("bench.wildfly", target + "/servers/wildfly")),
        target.resolve("servers/vertx"),
        target.resolve("servers/spring-gateway"),
        target.resolve("culvert.war"),
        words(properties, "bench.jvm", FIXED_HEAP));
  }

  private static int number(Properties properties, String key, String standard, int least) {
    return parse(key, properties.getProperty(key, standard), least);
  }

  private static int parse(String key, String value, int least) {
    try {
      int number = Integer.parseInt(value);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: a number)", e);
    }
    throw new IllegalArgumentException(key + ": " + value + " (expected: >= " + least + ")");
  }

  private static List<String> words(Properties properties, String key, String standard) {
    return Arrays.stream(properties.getProperty(key, standard).split("[ ,]+", -1))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
