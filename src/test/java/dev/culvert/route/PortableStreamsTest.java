package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.Joined;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.ProviderRig;
import dev.culvert.relay.BoundedChannel;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A server that upgrades a connection, later or never. */
class PortableStreamsTest {

  private static final long CONNECTION = 42;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ProviderRig providers = new ProviderRig();
  private final Attempt attempt = providers.attempt("s");
  private final List<Long> abandoned = new ArrayList<>();
  private final List<Long> joined = new ArrayList<>();
  private final List<String> neverBegun = new ArrayList<>();
  private final Map<Duration, Runnable> timers = new HashMap<>();
  private final TunnelUpgradeHandler handler = new TunnelUpgradeHandler();
  private final Map<String, Function<Object[], Object>> request = new HashMap<>();
  private final FakeUpgrade connection = new FakeUpgrade();
  private final PortableStreams streams =
      new PortableStreams(
          host(), 7, Runnable::run, this::after, spec -> neverBegun.add(spec.route()));

  private HostBoundary host() {
    return Stub.of(
        HostBoundary.class,
        Map.of(
            "abandon",
            arguments -> abandoned.add((Long) arguments[0]),
            "join",
            arguments -> {
              joined.add((Long) arguments[1]);
              BoundedChannel channel = new BoundedChannel(8);
              return Fields.of(new Joined("1", channel, () -> {}, detail -> {}));
            }));
  }

  private Runnable after(Duration delay, Runnable task) {
    timers.put(delay, task);
    return () -> timers.remove(delay);
  }

  private void open() {
    request.putIfAbsent("upgrade", arguments -> handler);
    streams.open(
        Stub.of(HttpServletRequest.class, request),
        Stub.of(HttpServletResponse.class, Map.of()),
        CONNECTION,
        spec(),
        attempt,
        new PortableTerms(PATIENCE, Duration.ofSeconds(30)));
  }

  private static StreamSpec spec() {
    return Fields.to(StreamSpec.class, Map.of("route", "chat"));
  }

  @Test
  void an_upgrade_that_never_begins_is_given_up_once() {
    open();
    assertThat(providers.leases()).hasSize(1);
    Runnable expiry = timers.get(PATIENCE);

    expiry.run();
    expiry.run();

    assertThat(abandoned).containsExactly(CONNECTION);
    assertThat(providers.leases()).isEmpty();
    assertThat(neverBegun).containsExactly("chat");
  }

  @Test
  void one_that_begins_after_that_is_closed() {
    open();
    timers.get(PATIENCE).run();

    handler.init(connection);

    assertThat(connection.closes()).isEqualTo(1);
    assertThat(joined).isEmpty();
    assertThat(abandoned).containsExactly(CONNECTION);
  }

  @Test
  void one_that_begins_in_time_is_waited_for_no_more() {
    open();
    Runnable expiry = timers.get(PATIENCE);

    handler.init(connection);
    expiry.run();

    assertThat(timers).isEmpty();
    assertThat(joined).containsExactly(CONNECTION);
    assertThat(abandoned).isEmpty();
    assertThat(neverBegun).isEmpty();
  }

  @Test
  void one_that_fails_at_once_is_closed_once_and_the_attempt_is_the_callers() {
    request.put(
        "upgrade",
        arguments -> {
          throw new IllegalStateException("asynchronous");
        });

    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("asynchronous");

    assertThat(abandoned).containsExactly(CONNECTION);
    assertThat(providers.leases()).hasSize(1);
    attempt.close();
  }
}
