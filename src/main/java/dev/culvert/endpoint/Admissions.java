package dev.culvert.endpoint;

import dev.culvert.thread.DaemonThreads;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The handshakes of a deployment that wait for their sessions. A session has to show the token of
 * one, since servers let endpoints be requested directly. Any thread.
 */
final class Admissions implements AutoCloseable {

  /** How long a server may take from the handshake to the session. */
  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(20);

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long IDLE_SECONDS = 10;

  private final Duration limit;
  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(
          1, DaemonThreads.named("culvert-endpoint-clock"), new ThreadPoolExecutor.DiscardPolicy());

  private record Waiting(Admission admission, Future<?> timer) {}

  Admissions() {
    this(HANDSHAKE_LIMIT);
  }

  /**
   * @param limit longest wait for a session
   */
  Admissions(Duration limit) {
    this.limit = limit;
    clock.setRemoveOnCancelPolicy(true);
    clock.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
  }

  /** Keeps a handshake for the session that comes for it with the token. */
  Admission admit(Pending handshake) {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    Admission admission = new Admission(HexFormat.of().formatHex(bytes), handshake);
    // Within the map's step, so that the timer finds it however short the time is.
    waiting.computeIfAbsent(
        admission.token(),
        token ->
            new Waiting(
                admission,
                clock.schedule(() -> expire(token), limit.toNanos(), TimeUnit.NANOSECONDS)));
    return admission;
  }

  private void expire(String token) {
    take(token)
        .ifPresent(
            admission -> {
              admission.handshake().expired().run();
              admission.forgetRequest();
            });
  }

  /** The handshake of a token, which stays admitted. */
  Optional<Pending> find(String token) {
    return Optional.ofNullable(waiting.get(token)).map(found -> found.admission().handshake());
  }

  /**
   * Takes an admission back, or for the one session that it is for.
   *
   * @param token null when the session showed none
   */
  Optional<Admission> take(String token) {
    Waiting found = token == null ? null : waiting.remove(token);
    if (found == null) {
      return Optional.empty();
    }
    found.timer().cancel(false);
    return Optional.of(found.admission());
  }

  /** No session is waited for any more. */
  @Override
  public void close() {
    clock.shutdownNow();
    List.copyOf(waiting.keySet()).forEach(this::expire);
  }
}
