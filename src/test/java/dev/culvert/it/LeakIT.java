package dev.culvert.it;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@link Leak} over plain connections. */
@ExtendWith(ServerExtension.class)
class LeakIT extends Leak {

  @BeforeAll
  void deployOn(Application application) throws IOException {
    deploy(application, new Client(application));
  }
}
