package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.PayaraMicro;
import dev.culvert.testkit.RedisServer;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.TestServer;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.Jedis;

/** Two servers share the configuration of {@code deployments/redis}, and one Redis. */
@ExtendWith(ServerExtension.class)
@Tag(ServerKind.ONLY_PAYARA)
@Timeout(180)
@TestMethodOrder(OrderAnnotation.class)
class SharedRedisIT {

  private static final Path EXAMPLE = Path.of("deployments", "redis", "culvert.properties");
  private static final Duration TTL = Duration.ofSeconds(3);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static EchoUpstream echo;
  private static RedisServer redis;
  private static Path war;

  /** On the suite's own server. */
  private static Application here;

  private static PayaraMicro otherServer;
  private static Application there;

  @BeforeAll
  static void begin(TestServer server) throws IOException {
    echo = EchoUpstream.start();
    redis = RedisServer.start();
    war = config().administered();
    otherServer = PayaraMicro.start();
    here = server.application("here");
    there = otherServer.application("there");
    here.deploy(war);
    there.deploy(war);
  }

  @AfterAll
  static void end() {
    here.close();
    otherServer.close();
    echo.close();
    redis.close();
  }

  private static Config config() throws IOException {
    Properties example = new Properties();
    example.load(new StringReader(Files.readString(EXAMPLE, UTF_8)));
    Config config = Config.empty();
    for (String key : example.stringPropertyNames()) {
      config = config.set(key.substring("culvert.".length()), example.getProperty(key));
    }
    return config
        .set("upstreams.chat.url", echo.url())
        .onRoute("chat", "on-redeploy", "detached")
        .set("sessions.redis.url", "redis://127.0.0.1:" + redis.port())
        .set("sessions.ttl", TTL.toMillis() + "ms");
  }

  private static Wire open(Application on, String session) throws IOException {
    return new Client(on).open("/chat/room", Config.RAW, "X-Session-Id: " + session);
  }

  private static int status(Application on, String session) throws IOException {
    try (Wire wire = new Client(on).ask("/chat/room", Config.RAW, "X-Session-Id: " + session)) {
      return wire.readResponse().status();
    }
  }

  private static void assertEchoes(Wire wire) throws IOException {
    wire.send("hello".getBytes(UTF_8));
    assertThat(new String(wire.read(5), UTF_8)).isEqualTo("hello");
  }

  /** As Redis has them; what has expired is still there until somebody asks. */
  private static long sessions() {
    try (Jedis jedis = redis.client()) {
      return jedis.hlen("culvert:{chat}:sessions");
    }
  }

  private static void awaitSessions(int expected) {
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(sessions()).isEqualTo(expected));
  }

  /** The last one: the other server is gone then. */
  @Test
  @Order(2)
  void aLimitHoldsOverBothAndAServerThatDiesFreesItsOwnPlacesOnly() throws Exception {
    try (Wire one = open(here, "one");
        Wire two = open(there, "two")) {
      assertEchoes(two);
      assertThat(status(here, "three")).isEqualTo(503);
      assertThat(status(there, "three")).isEqualTo(503);
      open(there, "one").close();
      assertThat(sessions()).isEqualTo(2);

      otherServer.close();
      awaitSessions(1); // swept by the heartbeats of the other one
      assertEchoes(one);
      open(here, "three").close();

      here.redeploy(war);
      assertEchoes(one);
      awaitSessions(1);
      long renewed = System.nanoTime() + TTL.plusSeconds(1).toNanos();
      Awaitility.await().atMost(LIMIT).until(() -> System.nanoTime() > renewed);
      assertThat(sessions()).isEqualTo(1);

      one.close();
      awaitSessions(0);
    }
  }

  @Test
  @Order(1)
  void withoutRedisSessionsAreAdmittedAndCountedAfterwards() throws Exception {
    Metrics metrics = Metrics.of(here);
    try (Wire one = open(here, "one")) {
      metrics.await(1, "culvert_lease_store_up");
      redis.stop();
      try (Wire two = open(there, "two");
          Wire three = open(here, "three")) {
        assertEchoes(three);
        metrics.await(0, "culvert_lease_store_up");
        redis.startAgain();
        awaitSessions(3);
        metrics.await(1, "culvert_lease_store_up");
        assertThat(status(there, "four")).isEqualTo(503);
        assertEchoes(two);
      }
      assertEchoes(one);
    }
    awaitSessions(0);
  }
}
