package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** A WAR whose protocol the host does not speak brings a host of its own. */
class TwoHostsIT {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String DRAINING = Management.HOST + ",draining=*";

  @Test
  void the_old_host_carries_its_streams_to_their_end_and_goes() throws Exception {
    try (TestServer server = TestServer.start();
        EchoUpstream echo = EchoUpstream.start()) {
      ServerJvm jvm = server.jvm();
      Application application = server.application("protocols");
      Client client = new Client(application);
      Config config =
          Config.empty().routeTo("chat", echo.url()).set("defaults.on-redeploy", "detached");
      Path built = config.packed();
      Path newer = config.war().withProtocol(1_000).packed();
      application.deploy(built);
      int own = protocol(jvm);
      long loops = loops(jvm);
      EchoStream first = EchoStream.open(client, "/chat/");

      application.redeploy(newer);

      EchoStream second = EchoStream.open(client, "/chat/");
      second.assertEchoes("through the new host");
      first.assertEchoes("through the old host");
      assertThat(protocol(jvm)).isEqualTo(1_000);
      ObjectName old = jvm.names(DRAINING).iterator().next();
      assertThat(jvm.attribute(old.toString(), "Protocol")).isEqualTo(own);
      assertThat(jvm.attribute(old.toString(), "ActiveStreams")).isEqualTo(1);
      assertThat(loops(jvm)).isEqualTo(2 * loops);

      first.finish();
      awaitOneHost(jvm, loops);

      application.redeploy(built);

      second.assertEchoes("through what is now the old host");
      assertThat(protocol(jvm)).isEqualTo(own);
      assertThat(jvm.names(DRAINING)).hasSize(1);
      second.finish();
      awaitOneHost(jvm, loops);
      jvm.collectGarbage();
      assertThat(jvm.instancesOf("dev.culvert.host.Host")).isEqualTo(1);
      Loaders.await(jvm, 1, "both hosts drained");
    }
  }

  private static int protocol(ServerJvm jvm) {
    return (int) jvm.attribute(Management.HOST, "Protocol");
  }

  private static long loops(ServerJvm jvm) {
    return jvm.threadNames().stream().filter(name -> name.startsWith("culvert-loop")).count();
  }

  private static void awaitOneHost(ServerJvm jvm, long loops) {
    await("the end of the old host")
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              assertThat(jvm.names("dev.culvert:type=Bridge,*")).hasSize(1);
              assertThat(jvm.names(DRAINING)).isEmpty();
              assertThat(loops(jvm)).isEqualTo(loops);
            });
  }
}
