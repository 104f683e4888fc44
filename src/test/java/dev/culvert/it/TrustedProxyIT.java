package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a proxy in front says of the client is believed when the proxy is trusted. */
@ExtendWith(ServerExtension.class)
class TrustedProxyIT {

  @Test
  void forwarding_fields_of_a_trusted_proxy_are_kept_and_continued(Application application)
      throws Exception {
    Client client = new Client(application);
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              connection.readToEnd();
            })) {
      application.deploy(
          Config.empty()
              .routeTo("trusting", upstream.url())
              .set("trusted-proxies", "127.0.0.0/8")
              .packed());

      try (Wire wire =
          client.open(
              "/trusting/",
              RAW,
              "X-Forwarded-For: 192.0.2.7",
              "X-Forwarded-Proto: https",
              "X-Forwarded-Host: www.example.org",
              "Origin: https://www.example.org")) {
        RequestHead request = upstream.nextRequest();
        assertThat(request.all("X-Forwarded-For")).containsExactly("192.0.2.7, 127.0.0.1");
        assertThat(request.all("X-Forwarded-Proto")).containsExactly("https");
        assertThat(request.all("X-Forwarded-Host")).containsExactly("www.example.org");
        assertThat(new Management(application.server()).awaitStream("trusting").client())
            .isEqualTo("192.0.2.7");
        assertThat(wire).isNotNull();
      }
    }
  }
}
