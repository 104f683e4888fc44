package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.culvert.http.Fault.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What exceptions of the library mean. */
class FaultsTest {

  static Stream<Arguments> kinds() {
    return Stream.of(
        arguments(new ConnectException("refused"), false, Kind.CONNECT),
        arguments(new ConnectTimeoutException("slow"), true, Kind.CONNECT),
        arguments(new ConnectionRequestTimeoutException("full"), false, Kind.OVERLOAD),
        arguments(new ProtocolException("no HTTP"), true, Kind.PROTOCOL),
        arguments(new CancellationException("gone"), true, Kind.CANCELLED),
        arguments(new InterruptedIOException("late"), true, Kind.TIMEOUT),
        arguments(new IOException("reset"), true, Kind.RESET),
        arguments(new IOException("reset"), false, Kind.CONNECT));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void each_has_its_kind(Exception cause, boolean sent, Kind kind) {
    Fault fault = Faults.of(cause, sent);

    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.sent()).isEqualTo(sent);
    assertThat(fault.detail()).contains(cause.getMessage());
  }

  @Test
  void what_the_library_says_of_a_request_is_not_the_upstreams_fault() {
    assertThat(Faults.ofRequest(new ProtocolException("no such request"), false).kind())
        .isEqualTo(Kind.REQUEST);
    assertThat(Faults.ofRequest(new IOException("closed"), false).kind()).isEqualTo(Kind.CONNECT);
  }

  @Test
  void the_detail_is_in_words_and_names_the_key_of_a_limit() {
    assertThat(Faults.of(new ConnectException("refused"), false).detail())
        .isEqualTo("cannot connect: refused");
    assertThat(Faults.of(new IOException(), true).detail()).isEqualTo("connection lost");
    assertThat(Faults.of(new ConnectionRequestTimeoutException("full"), false).detail())
        .contains("culvert.transport.max-per-host");
  }

  @Test
  void what_the_library_did_not_send_the_upstream_has_not_seen() {
    Fault fault = Faults.of(new RequestNotExecutedException(), true);

    assertThat(fault.sent()).isFalse();
    assertThat(fault.kind()).isEqualTo(Kind.CONNECT);
  }
}
