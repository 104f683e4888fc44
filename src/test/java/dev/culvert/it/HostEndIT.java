package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.TestServer;
import dev.culvert.testkit.Wire;
import java.time.Duration;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** A host that another one replaces goes with its last stream, and its beans and threads too. */
class HostEndIT {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  @Test
  void a_draining_host_leaves_with_its_last_stream() throws Exception {
    try (TestServer server = TestServer.start();
        EchoUpstream echo = EchoUpstream.start()) {
      ServerJvm jvm = server.jvm();
      Application application = server.application("drained");
      application.deploy(
          Config.empty()
              .routeTo("chat", echo.url())
              .onRoute("chat", "on-redeploy", "detached")
              .packed());
      try (Wire wire = new Client(application).open("/chat/", RAW)) {
        new Management(server).awaitStreams("chat", 1);

        ObjectName bridge = jvm.names("dev.culvert:type=Bridge,*").iterator().next();
        jvm.invoke(bridge.toString(), "drain");
        application.undeploy();

        assertThat(jvm.names(Management.HOST)).isEmpty();
        assertThat(jvm.names(Management.HOST + ",draining=*")).hasSize(1);
        assertThat(jvm.names(Management.STREAMS + ",draining=*")).hasSize(1);
        assertThat(wire.send("still here").readText(10)).isEqualTo("still here");
      }
      await("the end of the host")
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                assertThat(jvm.names("dev.culvert:*")).isEmpty();
                assertThat(jvm.threadNames()).noneMatch(name -> name.startsWith("culvert-loop"));
              });
    }
  }
}
