package dev.culvert.provider;

import java.time.Duration;

/**
 * A provider as operators see it.
 *
 * @param enabled whether it may be chosen at all
 * @param draining whether it takes only sessions that are bound to it
 * @param open how long its circuit stays open yet; zero when it is not
 * @param well what the checks of its health say; true without checks
 * @param resting how long it is left alone yet because it asked for that; zero when it is not
 * @param streams streams, turns and exchanges of this application in this JVM
 */
public record ProviderView(
    String name,
    boolean enabled,
    boolean draining,
    CircuitState circuit,
    Duration open,
    boolean well,
    Duration resting,
    int streams,
    int priority,
    int weight) {}
