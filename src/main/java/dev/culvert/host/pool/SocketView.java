package dev.culvert.host.pool;

/**
 * A socket of the pool at one moment.
 *
 * @param id 8 hexadecimal digits
 * @param endpoint address of the upstream, without the query
 * @param state {@code connecting}, {@code idle}, {@code busy} or {@code closing}
 * @param conversation empty for a socket of one turn
 * @param ageSeconds since it opened
 * @param turns that have been given to it
 */
public record SocketView(
    String id,
    String account,
    String endpoint,
    String conversation,
    String state,
    double ageSeconds,
    long turns) {}
