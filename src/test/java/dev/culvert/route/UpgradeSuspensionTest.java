package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handshakes on servers with Grizzly, whose connections are upgraded before they are answered. */
class UpgradeSuspensionTest extends TunnelHandshakes {

  /** Who is given connections. */
  private static final List<WebConnection> GIVEN = new CopyOnWriteArrayList<>();

  private static final List<WebConnection> ENDED = new CopyOnWriteArrayList<>();

  private final PayaraRequest request = new PayaraRequest();
  private final FakeUpgrade connection = new FakeUpgrade();

  /** Made by whoever asks for the upgrade. */
  public static final class Handler implements HttpUpgradeHandler {
    private WebConnection own;

    @Override
    public void init(WebConnection given) {
      own = given;
      GIVEN.add(given);
    }

    @Override
    public void destroy() {
      ENDED.add(own);
    }
  }

  /** Cannot use a connection. */
  public static final class Clumsy implements HttpUpgradeHandler {
    @Override
    public void init(WebConnection given) {
      throw new IllegalStateException("clumsy");
    }

    @Override
    public void destroy() {}
  }

  @BeforeEach
  void forget() {
    GIVEN.clear();
    ENDED.clear();
  }

  private void begin(Class<? extends HttpUpgradeHandler> type) {
    begin(ServerUpgrade.opening(upgradable -> upgrade(upgradable, type)), request.facade(http));
  }

  private void upgrade(HttpServletRequest upgradable, Class<? extends HttpUpgradeHandler> type) {
    try {
      upgradable.upgrade(type);
    } catch (IOException | ServletException e) {
      throw new AssertionError(e);
    }
    response.asResponse().setStatus(101);
    response.commit();
  }

  private void awaitClose() {
    await("close").until(() -> request.httpUpgradeHandler == null);
    assertThat(connection.closes()).isEqualTo(1);
  }

  @Test
  void the_connection_goes_to_who_asks_for_it_after_the_101() {
    begin(Handler.class);
    assertThat(response.status()).isZero();

    request.leave(connection);

    await("connection").until(() -> GIVEN.equals(List.of(connection)));
    assertThat(response.status()).isEqualTo(101);
    assertThat(connection.closes()).isZero();
  }

  @Test
  void who_has_the_connection_is_told_of_its_end() {
    begin(Handler.class);
    request.leave(connection);
    await("connection").until(() -> GIVEN.size() == 1);

    ((HttpUpgradeHandler) request.httpUpgradeHandler).destroy();

    assertThat(ENDED).containsExactly(connection);
  }

  @Test
  void a_refused_client_gets_an_answer_and_the_connection_ends() {
    host.put("dial", arguments -> fail("deployment: 7 (expected: one that is deployed)"));

    begin(Handler.class);
    request.leave(connection);

    awaitClose();
    assertThat(response.status()).isEqualTo(503);
    assertThat(GIVEN).isEmpty();
  }

  @Test
  void nobody_answers_before_the_servers_thread_has_left() {
    begin(Handler.class);

    ((HttpUpgradeHandler) request.httpUpgradeHandler).init(connection);

    await("its return")
        .during(Duration.ofMillis(200))
        .atMost(Duration.ofSeconds(1))
        .until(() -> response.status() == 0);
    request.afterService = true;
    await("connection").until(() -> GIVEN.size() == 1);
  }

  @Test
  void a_connection_that_cannot_be_used_is_closed() {
    begin(Clumsy.class);

    request.leave(connection);

    awaitClose();
  }

  @Test
  void a_server_that_does_not_give_the_connection_is_not_waited_for() {
    List<Object> outcomes = new CopyOnWriteArrayList<>();
    host.put("count", arguments -> outcomes.add(arguments[2]));
    deploy(
        TestSettings.of(
            "culvert.routes.chat.upgrades", "raw",
            "culvert.routes.chat.handshake-timeout", "200ms"));

    begin(Handler.class);
    await("the end of the wait")
        .until(() -> outcomes.contains(Map.of("route", "chat", "outcome", "unavailable")));
    request.leave(connection);

    awaitClose();
    assertThat(abandoned).hasValue(1);
    assertThat(leases).isEmpty();
    assertThat(GIVEN).isEmpty();
  }
}
