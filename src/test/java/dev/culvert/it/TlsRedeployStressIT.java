package dev.culvert.it;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link RedeployStress} over TLS. Fewer by default: the server is another, the rules are not. */
@ExtendWith(ServerExtension.class)
class TlsRedeployStressIT extends RedeployStress {

  private static final String PROTOCOL = "TLSv1.3";

  private SecureServer secure;

  TlsRedeployStressIT() {
    super(20, 1);
  }

  @BeforeAll
  void measureServer(SecureServer shared) {
    secure = shared;
    measure(secure.server());
  }

  @BeforeEach
  void startApplication() throws IOException {
    Application application = secure.server().application("tls-stress");
    start(application, Client.secure(application, secure, PROTOCOL));
  }

  /** With the full numbers only: its time grows with that of a redeployment. */
  @Test
  @Tag("stress")
  @Override
  void a_delayed_close_keeps_all_until_it_is_due_and_none_after() throws Exception {
    super.a_delayed_close_keeps_all_until_it_is_due_and_none_after();
  }
}
