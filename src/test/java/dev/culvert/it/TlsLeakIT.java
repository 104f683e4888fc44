package dev.culvert.it;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link Leak} over TLS, with the full numbers only. */
@Tag("stress")
@ExtendWith(ServerExtension.class)
class TlsLeakIT extends Leak {

  private Application application;

  @BeforeAll
  void deployOn(SecureServer secure) throws IOException {
    application = secure.server().application("tls-leak");
    deploy(application, Client.secure(application, secure, "TLSv1.3"));
  }

  @AfterAll
  void undeploy() {
    application.close();
  }
}
