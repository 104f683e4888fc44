package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.HedgeRules;
import dev.culvert.handshake.Headers;
import dev.culvert.testkit.ScriptedUpstream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request whose credential an upstream refuses. */
class RefusedExchangeTest {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static ScriptedUpstream answering(int status) throws IOException {
    return ScriptedUpstream.answering(
        "HTTP/1.1 " + status + " Status\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbad");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 402, 403, 429})
  void what_was_refused_is_done_elsewhere_with_the_same_body(int status) throws Exception {
    AtomicReference<String> body = new AtomicReference<>();
    try (ScriptedUpstream a = answering(status);
        ScriptedUpstream b =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  body.set(connection.readText(4));
                  connection.send(OK);
                });
        ExchangeRig rig =
            new ExchangeRig(true, List.of(a.url(), b.url()), "routes.r.retry.count", "0")) {
      RecordedClient client =
          rig.begin(
              "POST",
              Optional.of(TransportRig.content("body", true, Headers.NONE)),
              HedgeRules.NONE);

      assertThat(client.text()).isEqualTo("ok");
      assertThat(body).hasValue("body");
      assertThat(rig.told).contains("b ok");
      rig.assertNothingHeld();
    }
  }

  /** A client that asks for what is forbidden must not spoil an account for all others. */
  @ParameterizedTest
  @CsvSource({"401, true", "402, false", "403, false", "404, false", "429, true"})
  void an_account_is_to_blame_where_the_status_is_about_nothing_else(int status, boolean its)
      throws Exception {
    try (ScriptedUpstream a = answering(status);
        ExchangeRig rig = new ExchangeRig(true, List.of(a.url()), "routes.r.retry.count", "0")) {
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(status);
      assertThat(rig.told.contains("refused acme " + status)).isEqualTo(its);
    }
  }

  @Test
  void what_is_forbidden_opens_no_circuit() throws Exception {
    try (ScriptedUpstream a = answering(403);
        ExchangeRig rig =
            new ExchangeRig(true, List.of(a.url()), "upstreams.a.breaker.failures", "1")) {
      rig.get().end();

      assertThat(rig.get().status()).isEqualTo(403);
    }
  }
}
