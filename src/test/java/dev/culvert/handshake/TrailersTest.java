package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.HeaderRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trailer fields that are passed on. */
class TrailersTest {

  @Test
  void what_tells_of_the_body_goes_through() {
    Headers fields = Headers.of("grpc-status", "0", "X-Checksum", "1", "X-Checksum", "2");

    assertThat(Trailers.passedOn(fields, HeaderRules.NONE)).isEqualTo(fields);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length",
        "Transfer-Encoding",
        "Host",
        "Authorization",
        "Set-Cookie",
        "Content-Type",
        "Set_Cookie",
        "Expect",
        "X-Forwarded-For",
        "X_Forwarded_For",
        "X-Forwarded-Port",
        "X-Real-IP",
        "Forwarded"
      })
  void what_belongs_to_the_head_does_not(String name) {
    assertThat(Trailers.passedOn(Headers.of(name, "1", "X-Sum", "2"), HeaderRules.NONE))
        .isEqualTo(Headers.of("X-Sum", "2"));
  }

  @Test
  void what_the_routes_rules_take_away_or_set_does_not() {
    HeaderRules rules =
        new HeaderRules(
            Map.of("X-Set", "ours"), Map.of("X-Add", List.of("ours")), Set.of("x-removed"));

    assertThat(
            Trailers.passedOn(
                Headers.of("X-Removed", "1", "x-set", "2", "X-Add", "3", "X-Sum", "4"), rules))
        .isEqualTo(Headers.of("X-Add", "3", "X-Sum", "4"));
    assertThat(
            Trailers.passedOn(
                Headers.of("X_Removed", "1", "x_set", "2", "X-Add", "3", "X-Sum", "4"), rules))
        .isEqualTo(Headers.of("X-Add", "3", "X-Sum", "4"));
  }

  @Test
  void with_one_that_cannot_be_sent_none_is() {
    assertThat(Trailers.passedOn(Headers.of("X-Sum", "1", "X-Bad", "a\nb"), HeaderRules.NONE))
        .isEqualTo(Headers.NONE);
  }
}
