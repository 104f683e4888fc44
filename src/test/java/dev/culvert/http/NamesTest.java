package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that are looked up and remembered. */
class NamesTest {

  private final List<String> asked = new ArrayList<>();
  private final Set<String> gone = new HashSet<>(Set.of("nowhere.test"));
  private long now = -5_000_000_000L; // as System.nanoTime may be
  private final Names names =
      new Names(
          host -> {
            asked.add(host);
            if (gone.contains(host)) {
              throw new UnknownHostException(host);
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
          },
          () -> now,
          3);

  @Test
  void a_name_is_looked_up_once_in_a_while() throws Exception {
    assertThat(names.knows("up.test")).isFalse();
    names.refresh("up.test");
    names.refresh("up.test");
    assertThat(names.knows("up.test")).isTrue();
    assertThat(names.resolve("up.test")).containsExactly(InetAddress.getLoopbackAddress());
    assertThat(asked).hasSize(1);

    pass(Duration.ofSeconds(10));
    assertThat(names.knows("up.test")).isFalse();
    names.refresh("up.test");

    assertThat(names.knows("up.test")).isTrue();
    assertThat(asked).containsExactly("up.test", "up.test");
  }

  @Test
  void who_has_waited_for_a_connection_goes_by_what_was_found() throws Exception {
    names.refresh("up.test");
    pass(Duration.ofMinutes(5));

    assertThat(names.resolve("up.test")).containsExactly(InetAddress.getLoopbackAddress());

    assertThat(asked).hasSize(1);
    assertThat(names.knows("up.test")).isFalse();
  }

  @Test
  void what_was_found_before_holds_on_while_nothing_can_be_found() throws Exception {
    names.refresh("lost.test");
    pass(Duration.ofSeconds(10));
    gone.add("lost.test");

    names.refresh("lost.test");

    assertThat(asked).containsExactly("lost.test", "lost.test");
    assertThat(names.knows("lost.test")).isTrue();
    assertThat(names.resolve("lost.test")).containsExactly(InetAddress.getLoopbackAddress());
    pass(Duration.ofSeconds(10));
    assertThat(names.knows("lost.test")).as("it is looked for again").isFalse();
  }

  @Test
  void but_not_for_ever() throws Exception {
    names.refresh("lost.test");
    gone.add("lost.test");
    pass(Duration.ofHours(23));
    names.refresh("lost.test");
    pass(Duration.ofHours(1));

    assertThatThrownBy(() -> names.refresh("lost.test")).isInstanceOf(UnknownHostException.class);
    assertThat(names.keeps("lost.test")).isFalse();
  }

  @Test
  void of_too_many_names_the_one_is_forgotten_that_was_not_asked_for_longest() throws Exception {
    for (String name : List.of("one.test", "two.test", "three.test")) {
      names.refresh(name);
    }
    assertThat(names.knows("one.test")).isTrue();

    names.refresh("four.test");

    assertThat(names.knows("one.test")).isTrue();
    assertThat(names.knows("two.test")).isFalse();
    assertThat(names.knows("three.test")).isTrue();
    assertThat(names.knows("four.test")).isTrue();
  }

  @Test
  void a_name_that_is_not_found_is_asked_for_again() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> names.refresh("nowhere.test"))
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
