package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.Upstream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Streams are counted by the host, all else here; {@code max-streams} is for both together. */
class PlacesTest {

  private final Rig rig = new Rig("upstreams.a.max-streams", "2");
  private final Upstream upstream = rig.settings.upstreams().get("a");
  private final AtomicInteger streams = new AtomicInteger();
  private Runnable whenCounted = () -> {};
  private final Provider provider = new Provider(upstream, () -> 0, name -> count(), rig);

  private int count() {
    int counted = streams.get();
    Runnable event = whenCounted;
    whenCounted = () -> {};
    event.run();
    return counted;
  }

  @Test
  void streamsAndAttemptsShareThePlaces() {
    streams.set(1);
    assertThat(provider.join()).isTrue();
    assertThat(provider.join()).isFalse();

    streams.set(0);
    assertThat(provider.join()).isTrue();
    assertThat(provider.join()).isFalse();
    provider.leave();
    assertThat(provider.join()).isTrue();
  }

  @Test
  void anAttemptThatBecomesAStreamMakesNoRoomForTwo() throws InterruptedException {
    assertThat(provider.join()).isTrue();
    AtomicBoolean another = new AtomicBoolean();
    Thread thread =
        new Thread(
            () -> {
              streams.incrementAndGet();
              provider.leave();
              another.set(provider.join());
            });
    whenCounted =
        () -> {
          thread.start();
          await().until(() -> !thread.isAlive() || thread.getState() == Thread.State.BLOCKED);
        };

    boolean joined = provider.join();
    thread.join(10_000);

    assertThat(provider.streams()).isEqualTo(2);
    assertThat(joined ^ another.get()).as("one of the two").isTrue();
  }
}
