package dev.culvert.it;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link RedeployStress} over plain connections. */
@ExtendWith(ServerExtension.class)
class RedeployStressIT extends RedeployStress {

  RedeployStressIT() {
    super(100, 2);
  }

  @BeforeAll
  void measureServer(TestServer server) {
    measure(server);
  }

  @BeforeEach
  void startApplication(Application application) throws IOException {
    start(application, new Client(application));
  }
}
