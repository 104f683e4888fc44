package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that are looked up and remembered. */
class NamesTest {

  private final List<String> asked = new ArrayList<>();
  private long now = -5_000_000_000L; // as System.nanoTime may be
  private final Names names =
      new Names(
          host -> {
            asked.add(host);
            if (host.equals("nowhere.test")) {
              throw new UnknownHostException(host);
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
          },
          () -> now);

  @Test
  void a_name_is_looked_up_once_in_a_while() throws Exception {
    assertThat(names.knows("up.test")).isFalse();
    assertThat(names.resolve("up.test")).containsExactly(InetAddress.getLoopbackAddress());
    assertThat(names.knows("up.test")).isTrue();
    assertThat(names.resolve("up.test")).containsExactly(InetAddress.getLoopbackAddress());

    assertThat(asked).containsExactly("up.test");
  }

  @Test
  void who_was_told_that_it_is_known_has_time_to_use_it() throws Exception {
    names.resolve("up.test");
    pass(Duration.ofSeconds(10));

    assertThat(names.knows("up.test")).isFalse();
    names.resolve("up.test");
    assertThat(asked).hasSize(1);
    pass(Duration.ofSeconds(10));
    names.resolve("up.test");

    assertThat(asked).hasSize(2);
  }

  @Test
  void a_name_that_is_not_found_is_asked_for_again() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> names.resolve("nowhere.test"))
          .isInstanceOf(UnknownHostException.class);
    }

    assertThat(asked).hasSize(2);
    assertThat(names.knows("nowhere.test")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "fe80::a:b", "::ffff:10.0.0.1"})
  void an_address_needs_no_look_up(String address) {
    assertThat(names.knows(address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"up.test", "1.test", "face", "localhost"})
  void a_name_does(String name) {
    assertThat(names.knows(name)).isFalse();
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
