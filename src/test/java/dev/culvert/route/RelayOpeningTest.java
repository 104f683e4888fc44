package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.Joined;
import dev.culvert.config.Settings;
import dev.culvert.endpoint.Endpoints;
import dev.culvert.endpoint.SessionEndpoint;
import dev.culvert.relay.BoundedChannel;
import dev.culvert.relay.Relays;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handshakes of relay mode after the upstream's 101: what becomes of the upstream's connection. */
class RelayOpeningTest extends TunnelHandshakes {

  private final Relays relays = new Relays();
  private final List<Integer> closeCodes = new CopyOnWriteArrayList<>();
  private Endpoints endpoints;

  /** What the server was asked to upgrade to. */
  private ServerEndpointConfig asked;

  private Object token;

  @BeforeEach
  void shakeHandsUpToTheSession() {
    Settings settings =
        TestSettings.of(
            "culvert.routes.chat.mode", "relay", "culvert.routes.chat.close-grace", "1ms");
    deploy(settings);
    headers = WEBSOCKET;
    dialling(Map.of("up:1", webSocket(ACCEPT)));
    endpoints = Endpoints.register(context()).orElseThrow();
    HttpServletRequest request = dispatchable();
    begin(
        new RelayOpening(gateway, settings.routes().get("chat"), Optional.of(endpoints), relays),
        request);
    await("dispatch").until(() -> !dispatched.isEmpty());
    dispatch(request);
    assertThat(response.status()).isEqualTo(101);
    assertThat(leases).hasSize(1);
  }

  private ServletContext context() {
    ServerContainer container =
        Stub.of(ServerContainer.class, Map.of("upgradeHttpToWebSocket", this::upgrade));
    return Stub.of(ServletContext.class, Map.of("getAttribute", arguments -> container));
  }

  private Object upgrade(Object[] arguments) {
    asked = (ServerEndpointConfig) arguments[2];
    token = arguments[3];
    response.asResponse().setStatus(101);
    response.commit();
    return null;
  }

  @AfterEach
  void close() {
    relays.close();
    endpoints.close();
  }

  /** The client's session opens. */
  private void openSession() {
    Session session =
        Stub.of(
            Session.class,
            Map.of(
                "getPathParameters",
                arguments -> token,
                "getUserProperties",
                arguments -> new HashMap<>(),
                "isOpen",
                arguments -> true,
                "close",
                arguments -> {
                  CloseReason reason = (CloseReason) arguments[0];
                  return closeCodes.add(reason.getCloseCode().getCode());
                }));
    try {
      asked.getConfigurator().getEndpointInstance(SessionEndpoint.class).onOpen(session, asked);
    } catch (InstantiationException e) {
      throw new AssertionError(e);
    }
  }

  private void assertAllGivenBack() {
    assertThat(abandoned).hasPositiveValue();
    assertThat(leases).isEmpty();
  }

  @Test
  void a_session_that_opens_leaves_the_lease_to_the_stream() {
    Joined joined = new Joined("1", new BoundedChannel(1024), () -> {}, detail -> {});
    host.put("join", arguments -> Fields.of(joined));

    openSession();

    assertThat(closeCodes).isEmpty();
    assertThat(abandoned).hasValue(0);
    assertThat(leases).hasSize(1);
  }

  @Test
  void a_session_that_never_comes_gives_all_back() {
    endpoints.close();

    assertAllGivenBack();
  }

  @Test
  void an_upstream_that_is_gone_meanwhile_closes_the_session_and_gives_all_back() {
    host.put("join", arguments -> fail("upstream connection is gone"));

    openSession();

    assertThat(closeCodes).containsExactly(1011);
    assertAllGivenBack();
  }

  @Test
  void a_fault_at_the_join_closes_the_session_and_gives_all_back() {
    host.put(
        "join",
        arguments -> {
          throw new NoClassDefFoundError("of the host");
        });

    openSession();

    assertThat(closeCodes).containsExactly(1011);
    assertAllGivenBack();
  }

  @Test
  void a_deployment_that_ends_meanwhile_closes_the_session_and_gives_all_back() {
    relays.close();

    openSession();

    assertThat(closeCodes).containsExactly(1012);
    assertAllGivenBack();
  }
}
