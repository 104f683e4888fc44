package dev.culvert.boundary;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What a deployment may ask of the host. All parameters and results are JDK types; maps are the
 * {@link Fields} form of a record of this package.
 *
 * <p>Hosts and gateways with the same {@link Protocol} version understand each other. Fields may be
 * added to the records without a new version; changed methods need one.
 *
 * <p>Every method is safe for use by any thread and returns without waiting for the network.
 * Methods that take a deployment throw {@link IllegalStateException} when it is not known.
 */
public interface HostBoundary extends PoolBoundary, LeaseBoundary, ProviderBoundary {

  /**
   * Registers a deployment, before it opens its first stream.
   *
   * @param application what stays the same over redeploys (virtual server and context path);
   *     streams of earlier deployments of the same application come under this one's rules
   * @return the id of the deployment, never used again in this JVM
   */
  long deploy(String application);

  /**
   * States the upstream addresses of the configuration now in force. Streams of the application,
   * from whichever deployment, whose {@link StreamSpec#address()} is not among them are closed
   * after their close delay; streams whose delayed removal is still pending and whose address is
   * back stay. Called at each deployment and each reload of the configuration.
   */
  void retain(long deployment, Set<String> addresses);

  /**
   * Ends a deployment: cancels its handshakes, forgets its listener and closes its streams as each
   * one's policy says. Idempotent.
   */
  void undeploy(long deployment);

  /**
   * Sets the receiver of requests from the host's management beans, at present {@code "reload"},
   * and of events, at present {@code "leases"} (see {@link #owedReleases}). The answer of the
   * listener is nothing; a fault is thrown back to the JMX client. The host holds it weakly, so the
   * caller keeps a reference as long as it wants to be called.
   */
  void listen(long deployment, Consumer<String> listener);

  /**
   * Tells why the client's connection cannot become a stream.
   *
   * @param request the server's request as the filter got it
   * @return the reason, or {@code null} when it can be taken over
   */
  String refusal(Object request);

  /**
   * Has the server treat a response as an ordinary one, although it or the request names an
   * upgrade. Called when its headers are set and before it is committed. Whatever the client sent
   * after a request that names an upgrade is dropped, so the response must say that the connection
   * closes. So it is after a request that says how long its body is, if the response says that.
   *
   * @param request the server's request as the filter got it
   */
  void decline(Object request);

  /**
   * Breaks off an answer of the server that has begun: the client sees that it is not complete,
   * since its connection ends, or its stream of HTTP/2.
   *
   * @param request the server's request as the filter got it
   * @return false where the server's connector is not known; nothing has happened then
   */
  boolean abort(Object request);

  /**
   * Runs, on this thread, what sets the write listener of an asynchronous exchange. Where the
   * server's connector is known, it is spared what it would do in vain: the turn of a worker, and a
   * buffer of its usual size for each piece that is flushed.
   *
   * @param request the server's request as the filter got it; nothing of the answer is written yet
   * @param flushed whether each piece of the answer is flushed
   * @param setting sets the listener, and does nothing else with the exchange
   */
  void setWriteListener(Object request, boolean flushed, Runnable setting);

  /**
   * Runs what completes an asynchronous exchange whose answer has been written to the server's
   * stream, with a write listener: on a thread of the server where it needs no worker for the rest,
   * otherwise on this one.
   *
   * @param request the server's request as the filter got it
   */
  void complete(Object request, Runnable completion);

  /**
   * Connects to an upstream, sends a request head and reads the response.
   *
   * @param dial {@link DialSpec}
   * @return {@link DialResult}; completes exceptionally only with a cancellation (undeploy) or a
   *     programming error. Dependent stages run on an event loop unless the caller names an
   *     executor, which it must. Who cancels it wants no answer any more: the dial ends, and a
   *     connection that it has made is closed.
   */
  CompletableFuture<Map<String, Object>> dial(long deployment, Map<String, Object> dial);

  /** Closes an upstream connection that {@link #dial} returned and that is not wanted. */
  void abandon(long connection);

  /**
   * Commits the 101 whose status and headers the caller has set, and joins the client's connection
   * to the upstream's as soon as the server is done with the exchange. The caller completes the
   * exchange right afterwards. From here on the end of the deployment is to the stream what its
   * policy says.
   *
   * @param request the server's request as the filter got it
   * @param response the server's response as the filter got it
   * @param connection the upstream connection, from {@link DialResult#connection()}
   * @param stream {@link StreamSpec}
   * @return the id of the stream, 1 to 40 characters
   * @throws IllegalStateException when the client is gone or the server does not let go of the
   *     connection; the upstream connection is closed then
   */
  String open(
      long deployment,
      Object request,
      Object response,
      long connection,
      Map<String, Object> stream);

  /**
   * Opens a stream whose client the caller stands for: what it writes to {@link Joined#channel()}
   * goes to the upstream, and what the upstream sends can be read there. The stream ends with the
   * deployment, after the close handshake of a WebSocket at most; what it sent before its end can
   * still be read.
   *
   * @param connection the upstream connection, from {@link DialResult#connection()}
   * @param stream {@link StreamSpec}
   * @param signal run when the caller can read again after a read that returned 0, or write again
   *     after a write that took less than it was given, and once more when the stream has ended. It
   *     runs on an event loop, must not block, and may come in vain. Let go of when the stream has
   *     ended or the channel is closed.
   * @return {@link Joined}
   * @throws IllegalStateException when the upstream connection is gone
   */
  Map<String, Object> join(
      long deployment, long connection, Map<String, Object> stream, Runnable signal);

  /** Live streams of all applications, each a {@link StreamView}. */
  List<Map<String, Object>> streams();

  /**
   * Closes live streams with a close handshake and result {@code killed} (or {@code expired}). A
   * session closed as {@code expired} has ended: its streams that are on their way close as well,
   * when they begin within a minute.
   *
   * @param by {@code id}, {@code upstream}, {@code route}, {@code user}, {@code session} or {@code
   *     all}
   * @param value what {@code by} must equal; not looked at for {@code all}
   * @param code WebSocket close code for the wire (RFC 6455 7.4)
   * @param reason at most 123 bytes of UTF-8
   * @param result label of the result: {@code killed} or {@code expired}
   * @return how many streams began to close
   */
  int close(String by, String value, int code, String reason, String result);

  /**
   * Adds to a counter of the application, which outlives the deployment.
   *
   * @param tags in the order in which they are to be shown
   */
  void count(long deployment, String name, Map<String, String> tags, long delta);

  /**
   * Adds a value to a histogram of the application, which outlives the deployment.
   *
   * @param tags in the order in which they are to be shown
   * @param bounds upper bounds of the buckets, ascending; those of the first value count
   */
  void observe(
      long deployment, String name, Map<String, String> tags, double value, List<Double> bounds);

  /**
   * Sets the upper bounds, in seconds and ascending, of the buckets of histograms of streams that
   * begin from now on.
   */
  void buckets(List<Double> seconds);

  /** All metrics of the application at this moment, each a {@link Sample}. */
  List<Map<String, Object>> samples(long deployment);
}
