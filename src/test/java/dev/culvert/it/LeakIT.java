package dev.culvert.it;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link Leak} over plain connections. */
@ExtendWith(ServerExtension.class)
class LeakIT extends Leak {

  private Application application;

  @BeforeAll
  void deployOn(SecureServer shared) throws IOException {
    application = shared.server().application("leak");
    deploy(application, new Client(application));
  }

  @AfterAll
  void undeploy() {
    application.close();
  }
}
