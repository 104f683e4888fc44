package dev.culvert.boundary;

/**
 * A live stream as operators see it.
 *
 * @param state {@code open} or {@code closing}
 * @param openedAt epoch milliseconds
 * @param orphaned whether the deployment that opened it is gone
 */
public record StreamView(
    String id,
    String application,
    String route,
    String upstream,
    String address,
    String user,
    String client,
    String state,
    boolean webSocket,
    boolean detached,
    boolean orphaned,
    long openedAt,
    long bytesToUpstream,
    long bytesFromUpstream,
    long framesToUpstream,
    long framesFromUpstream,
    long messagesToUpstream,
    long messagesFromUpstream) {}
