package dev.culvert.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The whole configuration at one moment.
 *
 * @param routes in no particular order, by name
 * @param upstreams by name
 * @param trustedProxies peers whose {@code X-Forwarded-*} and {@code Forwarded} headers are
 *     believed
 * @param streamLog where and how loudly streams are logged
 * @param connectTimeout for one address of an upstream, above zero
 * @param durationBuckets upper bounds of the histogram of stream durations, ascending
 * @param admin who may look after the gateway
 * @param reloadInterval how often the configuration is read again; zero = only on demand
 * @param takeOver whether clients' connections are taken over from the server where that is
 *     possible
 * @param pool how upstream sockets are kept between turns
 * @param accounts credentials by name
 * @param sessions where sessions of upstreams are counted
 * @param transport how connections of routes in mode http are made and kept
 */
public record Settings(
    Map<String, Route> routes,
    Map<String, Upstream> upstreams,
    List<Cidr> trustedProxies,
    StreamLog streamLog,
    Duration connectTimeout,
    List<Duration> durationBuckets,
    AdminRules admin,
    Duration reloadInterval,
    boolean takeOver,
    PoolRules pool,
    Map<String, Account> accounts,
    SessionRules sessions,
    TransportRules transport) {

  /** Copies the collections. */
  public Settings {
    routes = Map.copyOf(routes);
    upstreams = Map.copyOf(upstreams);
    trustedProxies = List.copyOf(trustedProxies);
    durationBuckets = List.copyOf(durationBuckets);
    accounts = Map.copyOf(accounts);
  }
}
