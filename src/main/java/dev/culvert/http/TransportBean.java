package dev.culvert.http;

import dev.culvert.config.TransportRules;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import javax.management.ObjectName;

/** Shows a transport over JMX. */
public record TransportBean(Transport transport) implements TransportMXBean {

  /** The name under which it is registered. */
  public static String name(String application) {
    return "dev.culvert:type=Transport,application=" + ObjectName.quote(application);
  }

  @Override
  public Map<String, Integer> getLeased() {
    return byHost(ConnectionCounts::leased);
  }

  @Override
  public Map<String, Integer> getIdle() {
    return byHost(ConnectionCounts::idle);
  }

  @Override
  public Map<String, Integer> getPending() {
    return byHost(ConnectionCounts::pending);
  }

  private Map<String, Integer> byHost(ToIntFunction<ConnectionCounts> count) {
    Map<String, Integer> counts = new TreeMap<>();
    transport
        .connections()
        .forEach((host, connections) -> counts.put(host, count.applyAsInt(connections)));
    return counts;
  }

  @Override
  public int getMaxIdle() {
    return transport.rules().maxIdle();
  }

  @Override
  public void setMaxIdle(int connections) {
    int checked = checked("maxIdle", connections);
    change(
        rules ->
            with(rules, checked, rules.maxIdlePerHost(), rules.keepAlive(), rules.maxPerHost()));
  }

  @Override
  public int getMaxIdlePerHost() {
    return transport.rules().maxIdlePerHost();
  }

  @Override
  public void setMaxIdlePerHost(int connections) {
    int checked = checked("maxIdlePerHost", connections);
    change(rules -> with(rules, rules.maxIdle(), checked, rules.keepAlive(), rules.maxPerHost()));
  }

  @Override
  public long getKeepAliveMillis() {
    return transport.rules().keepAlive().toMillis();
  }

  @Override
  public void setKeepAliveMillis(long millis) {
    if (millis < 1) {
      throw new IllegalArgumentException("keepAliveMillis: " + millis + " (expected: at least 1)");
    }
    Duration time = Duration.ofMillis(millis);
    change(rules -> with(rules, rules.maxIdle(), rules.maxIdlePerHost(), time, rules.maxPerHost()));
  }

  @Override
  public int getMaxPerHost() {
    return transport.rules().maxPerHost();
  }

  @Override
  public void setMaxPerHost(int connections) {
    int checked = checked("maxPerHost", connections);
    change(
        rules -> with(rules, rules.maxIdle(), rules.maxIdlePerHost(), rules.keepAlive(), checked));
  }

  private static int checked(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
    }
    return value;
  }

  private void change(UnaryOperator<TransportRules> change) {
    transport.change(change);
  }

  private static TransportRules with(
      TransportRules rules, int maxIdle, int maxIdlePerHost, Duration keepAlive, int maxPerHost) {
    return new TransportRules(
        maxIdle,
        maxIdlePerHost,
        keepAlive,
        maxPerHost,
        rules.http2(),
        rules.proxy(),
        rules.noProxy(),
        rules.tlsTimeout());
  }

  @Override
  public void closeIdle() {
    transport.closeIdle();
  }
}
