package dev.culvert.admin;

/**
 * An upstream as operators see it.
 *
 * @param enabled whether it may be chosen at all
 * @param draining whether it takes only sessions that are bound to it
 * @param circuit {@code closed}, {@code half-open} or {@code open}
 * @param openSeconds how long the circuit stays open yet, before an attempt is let through again
 * @param well what the checks of its health say; true without checks
 * @param restingSeconds how long it is left alone yet because it asked for that
 * @param sessions that it has, over all nodes that share a store of leases; -1 when that is not
 *     known
 * @param streams streams, turns and exchanges of this application in this JVM
 * @param priority the lowest number is taken first
 * @param weight share among those of the same priority
 */
public record ProviderInfo(
    String name,
    boolean enabled,
    boolean draining,
    String circuit,
    double openSeconds,
    boolean well,
    double restingSeconds,
    int sessions,
    int streams,
    int priority,
    int weight) {}
