package dev.culvert.it;

import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.War;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A configuration of Culvert. Immutable. */
record Config(Map<String, String> keys) {

  /** A route may upgrade to this token besides {@code websocket}; its bytes are opaque. */
  static final String RAW = "raw";

  /** No route and no upstream. */
  static Config empty() {
    return new Config(Map.of()).set("defaults.upgrades", "websocket," + RAW);
  }

  /** Adds an upstream, which may fail as often as it likes: tests make them fail on purpose. */
  Config upstream(String name, String url) {
    String key = "upstreams." + name;
    return set(key + ".url", url)
        .set(key + ".breaker.failures", "1000")
        .set(key + ".breaker.max-open", "1ms");
  }

  /** Adds the route {@code /<name>/*} to upstreams. */
  Config route(String name, String upstreams) {
    return set("routes." + name + ".path", "/" + name + "/*")
        .set("routes." + name + ".upstreams", upstreams);
  }

  /** Adds the route {@code /<name>/*} and an upstream of the same name. */
  Config routeTo(String name, String url) {
    return upstream(name, url).route(name, name);
  }

  /** Adds the route {@code /<name>/*} in mode {@code turns} to a simulated upstream. */
  Config turns(String name, String upstream, int port) {
    return upstream(upstream, "ws://127.0.0.1:" + port)
        .route(name, upstream)
        .onRoute(name, "mode", "turns")
        .onRoute(name, "retry.count", "0");
  }

  /** Streams in portable mode, which is all there is on servers without take-over. */
  Config portable() {
    return ServerKind.underTest().takesOver() ? set("take-over", "never") : this;
  }

  /** Sets a key of a route. */
  Config onRoute(String name, String key, String value) {
    return set("routes." + name + "." + key, value);
  }

  /** Sets a key below {@code culvert.}. */
  Config set(String key, String value) {
    Map<String, String> more = new TreeMap<>(keys);
    more.put("culvert." + key, value);
    return new Config(Map.copyOf(more));
  }

  /** The file of {@link #war}, with alice as an administrator; see {@link Metrics}. */
  Path administered() {
    return set("admin.roles", "chat").war().withBasicAuthentication().packed();
  }

  /** The built WAR with this configuration in it. */
  War war() {
    return War.culvert().withConfig(keys);
  }

  /** The file of {@link #war}. */
  Path packed() {
    return war().packed();
  }
}
