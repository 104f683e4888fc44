package dev.culvert.boundary;

/**
 * All that the host needs to know of a stream; fixed when the stream opens.
 *
 * @param application as given to {@link HostBoundary#deploy}
 * @param route name of the route
 * @param upstream name of the upstream
 * @param address the upstream's address as given to {@link HostBoundary#retain}
 * @param webSocket whether frames are followed; otherwise the bytes are opaque
 * @param detached whether the stream lives on when its deployment ends
 * @param closeDelayMillis between the cause of a close (undeploy, removal) and the close, 0 and up
 * @param closeJitterMillis upper bound of a random addition to the delay, 0 and up
 * @param closeGraceMillis how long an answering close frame is waited for
 * @param timeoutMillis absolute life, 0 = no limit
 * @param idleTimeoutMillis life without a byte either way, 0 = no limit
 * @param pingIntervalMillis silence of a side after which it gets a ping, 0 = never
 * @param expiresAt epoch milliseconds at which the caller's credential ends, 0 = never
 * @param maxFrame largest WebSocket frame payload in bytes, 0 = no limit
 * @param maxMessage largest WebSocket message in bytes, 0 = no limit
 * @param user name of the caller, empty when anonymous
 * @param client address of the client
 * @param session opaque key of the caller's HTTP session, empty without one
 * @param logger name of the logger for stream events
 * @param logLevel name of a {@link System.Logger.Level}
 * @param logHandshake whether the opening is logged too
 * @param bound whether the client's connection belongs to the deployment, so that the stream ends
 *     with it, whatever {@code detached} and the delays say
 * @param lease token of the lease at {@code upstream} that ends with the stream, or when it does
 *     not open; empty or null = none
 * @param leaseSession session of that lease, else empty or null
 */
public record StreamSpec(
    String application,
    String route,
    String upstream,
    String address,
    boolean webSocket,
    boolean detached,
    long closeDelayMillis,
    long closeJitterMillis,
    long closeGraceMillis,
    long timeoutMillis,
    long idleTimeoutMillis,
    long pingIntervalMillis,
    long expiresAt,
    long maxFrame,
    long maxMessage,
    String user,
    String client,
    String session,
    String logger,
    String logLevel,
    boolean logHandshake,
    boolean bound,
    String lease,
    String leaseSession) {}
