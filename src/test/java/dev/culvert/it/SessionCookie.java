package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.Wire;
import java.io.IOException;

/** The session of a client with the {@link dev.culvert.testkit.app.SessionServlet}. */
final class SessionCookie {

  private SessionCookie() {}

  /** Begins, renews or ends a session; returns the line of a request with its cookie. */
  static String of(Client client, String what, String... fields) throws IOException {
    String request =
        client
            .request("/session?" + what, "none", fields)
            .replace("Upgrade: none\r\n", "")
            .replace("Connection: Upgrade\r\n", "");
    try (Wire wire = client.connect().send(request)) {
      ResponseHead head = wire.readResponse();
      assertThat(head.status()).isEqualTo(200);
      return head.all("Set-Cookie").stream()
          .filter(cookie -> cookie.startsWith("JSESSIONID="))
          .map(cookie -> "Cookie: " + cookie.substring(0, cookie.indexOf(';')))
          .findFirst()
          .orElse("Cookie: none");
    }
  }
}
