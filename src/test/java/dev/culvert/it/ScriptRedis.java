package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.RedisServer;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Jedis;

/** The Redis of the scripts {@code redis.*} of {@code server-config}, which asks for a password. */
public final class ScriptRedis implements AutoCloseable {

  /** The variable in which the server under test finds {@link #PASSWORD}. */
  public static final String VARIABLE = "REDIS_PASSWORD";

  public static final String PASSWORD = "count-sess1ons";

  private static final int LIMIT = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RedisServer server = RedisServer.start("--requirepass", PASSWORD);

  /** For {@link ServerScripts}: this server, and a limit that is reached soon. */
  public Map<String, String> replacements() {
    return Map.of("127.0.0.1:6379", "127.0.0.1:" + server.port(), "=100", "=" + LIMIT);
  }

  /** Sessions are counted here, as many as the upstream may have, and no more let in. */
  public void assertCounts(int port) throws IOException {
    awaitSessions(0);
    List<Wire> open = new ArrayList<>();
    try {
      for (int i = 0; i < LIMIT; i++) {
        Wire wire = ask(port);
        open.add(wire);
        assertThat(wire.readResponse().status()).isEqualTo(101);
      }
      awaitSessions(LIMIT);
      try (Wire oneMore = ask(port)) {
        assertThat(oneMore.readResponse().status()).isEqualTo(503);
      }
    } finally {
      for (Wire wire : open) {
        wire.close();
      }
    }
    awaitSessions(0);
  }

  private static Wire ask(int port) throws IOException {
    return Wire.connect(port).send(Upgrades.request(port, "/culvert/chat/room", "websocket"));
  }

  private void awaitSessions(long expected) {
    try (Jedis jedis = server.client()) {
      jedis.auth(PASSWORD);
      await("sessions in Redis")
          .atMost(PATIENCE)
          .until(() -> jedis.hlen("culvert:{chat}:sessions") == expected);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
