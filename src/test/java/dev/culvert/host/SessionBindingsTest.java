package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionBindingsTest {

  private final SessionBindings bindings = new SessionBindings();

  @Test
  void aSessionIsBoundUntilItIsForgotten() {
    bindings.bind("app", "s", "a");
    bindings.bind("app", "s", "b");
    assertThat(bindings.find("app", "s")).contains("b");

    bindings.unbind("app", "s");
    assertThat(bindings.find("app", "s")).isEmpty();
  }

  @Test
  void applicationsBindForThemselves() {
    bindings.bind("app", "s", "a");

    assertThat(bindings.find("other", "s")).isEmpty();
  }

  @Test
  void sessionsOfUpstreamsThatLeaveAreForgottenAndNothingElse() {
    bindings.bind("app", "s", "a");
    bindings.bind("app", "t", "b");
    bindings.bind("other", "s", "a");
    bindings.bind("app", "\nnote", "a");

    bindings.retain("app", Set.of("b"));

    assertThat(bindings.find("app", "s")).isEmpty();
    assertThat(bindings.find("app", "t")).contains("b");
    assertThat(bindings.find("other", "s")).contains("a");
    assertThat(bindings.find("app", "\nnote")).contains("a");
  }

  @Test
  void whatWasNotUsedForLongestIsForgottenFirst() {
    bindings.bind("app", "used", "a");
    bindings.bind("app", "unused", "a");
    for (int i = 2; i < SessionBindings.MOST; i++) {
      bindings.bind("app", "s" + i, "a");
    }
    assertThat(bindings.find("app", "used")).isPresent();

    bindings.bind("app", "one more", "a");

    assertThat(bindings.find("app", "used")).isPresent();
    assertThat(bindings.find("app", "unused")).isEmpty();
  }

  @Test
  void notesAreNotForgottenForSessions() {
    bindings.bind("app", "\nnote", "text");
    for (int i = 0; i <= SessionBindings.MOST; i++) {
      bindings.bind("app", "s" + i, "a");
    }

    assertThat(bindings.find("app", "\nnote")).contains("text");
  }

  @Test
  void notesAreBoundedToo() {
    for (int i = 0; i <= SessionBindings.MOST_NOTES; i++) {
      bindings.bind("app", "\nnote" + i, "text");
    }

    assertThat(bindings.find("app", "\nnote0")).isEmpty();
    assertThat(bindings.find("app", "\nnote1")).isPresent();
  }
}
