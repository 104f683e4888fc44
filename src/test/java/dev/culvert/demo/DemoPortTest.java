package dev.culvert.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoPortTest {

  @Test
  void theUserMayLeaveTheChoiceToTheDemo() throws DemoException {
    assertThat(DemoPort.choose("").number()).isBetween(1, 65_535);
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> DemoPort.choose(Integer.toString(port)))
          .hasMessageContaining("-Ddemo.port=" + port + ": taken");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "http"})
  void whatIsNoPortIsRefused(String wanted) {
    assertThatThrownBy(() -> DemoPort.choose(wanted))
        .hasMessage("-Ddemo.port=" + wanted + ": no port (expected: 1 to 65535)");
  }
}
