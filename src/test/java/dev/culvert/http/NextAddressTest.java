package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.ScriptedUpstream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The address of a provider after one that cannot be connected. */
class NextAddressTest {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @Test
  void is_tried_before_another_provider() throws Exception {
    try (ScriptedUpstream a = ScriptedUpstream.answering(OK);
        ScriptedUpstream b = ScriptedUpstream.answering(OK);
        ExchangeRig rig =
            new ExchangeRig(
                List.of("http://127.0.0.1:" + FreePort.find() + ", " + a.url(), b.url()))) {
      RecordedClient client = rig.get();

      assertThat(client.text()).isEqualTo("ok");
      assertThat(rig.told).containsExactly("a connect", "a ok");
      rig.assertNothingHeld();
    }
  }
}
