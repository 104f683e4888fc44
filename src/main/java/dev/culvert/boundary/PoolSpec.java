package dev.culvert.boundary;

import java.util.Map;

/**
 * How a pool works. Of what operators have set otherwise meanwhile, only that changes which differs
 * from the deployment's former statement, or from that of the deployment before it.
 *
 * @param enabled whether sockets are kept between turns
 * @param maxAgeMillis age from which a socket takes no further turn, above 0
 * @param maxPerAccount sockets of an account, dials under way included, at least 1
 * @param pingIntervalMillis between pings, above 0; silence of 2.5 intervals ends a socket
 * @param openTimeoutMillis for opening a socket, look-up of the name included, above 0
 * @param responseStartMillis longest time from a request to its first event, above 0
 * @param keep whether the sockets outlive a deployment
 * @param accounts name to what tells its present credential from earlier ones; an account that is
 *     missing or has changed is evicted
 */
public record PoolSpec(
    boolean enabled,
    long maxAgeMillis,
    int maxPerAccount,
    long pingIntervalMillis,
    long openTimeoutMillis,
    long responseStartMillis,
    boolean keep,
    Map<String, String> accounts) {}
