package dev.culvert.boundary;

/**
 * A pooled upstream socket as operators see it.
 *
 * @param id 8 hexadecimal digits
 * @param endpoint address of the upstream, without the query
 * @param conversation empty for a socket of one turn without a conversation
 * @param state {@code connecting}, {@code idle}, {@code busy} or {@code closing}
 * @param ageSeconds since it opened
 * @param turns that have been given to it
 */
public record SocketInfo(
    String id,
    String account,
    String endpoint,
    String conversation,
    String state,
    double ageSeconds,
    long turns) {}
