package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Cidr;
import dev.culvert.config.Settings;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Headers;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who asks for turns. */
class TurnCallerTest {

  private static final ClientRequest REQUEST =
      new ClientRequest(
          "POST",
          "/chat",
          Optional.empty(),
          "HTTP/1.1",
          "http",
          Headers.of("X-Real-IP", "6.6.6.6", "X-Forwarded-For", "192.0.2.1", "X-Tenant", "t"),
          InetAddress.getLoopbackAddress(),
          true);

  private static final List<Cidr> THIS_MACHINE =
      List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));

  /** Of a request of this machine. */
  private static TurnCaller caller(List<Cidr> trustedProxies) {
    Settings settings = TestSettings.of("culvert.routes.chat.mode", "turns");
    ForwardedClient client = ForwardedClient.of(REQUEST, trustedProxies);
    HttpServletRequest http = Stub.of(HttpServletRequest.class, Map.of());
    return TurnCaller.of(settings, REQUEST, client, http);
  }

  @Test
  void what_only_proxies_may_say_is_believed_of_trusted_ones_alone() {
    assertThat(caller(List.of()).request().headers()).isEqualTo(Headers.of("X-Tenant", "t"));
    assertThat(caller(THIS_MACHINE).request().headers()).isEqualTo(REQUEST.headers());
  }

  @Test
  void the_client_is_whom_a_trusted_proxy_names() {
    assertThat(caller(THIS_MACHINE).features().client()).isEqualTo("192.0.2.1");
  }

  @Test
  void and_the_peer_where_that_is_none() {
    assertThat(caller(List.of()).features().client()).isEqualTo(REQUEST.peer().getHostAddress());
  }

  @Test
  void his_groups_are_those_of_his_roles_that_upstreams_are_for() {
    Settings settings =
        TestSettings.of(
            "culvert.routes.chat.mode", "turns",
            "culvert.routes.chat.roles", "**",
            "culvert.routes.chat.upstreams", "up, other",
            "culvert.upstreams.up.groups", "chat, gold",
            "culvert.upstreams.other.url", "ws://other:1",
            "culvert.upstreams.other.groups", "chat, silver");
    Set<String> roles = Set.of("chat", "silver", "elsewhere");
    HttpServletRequest http =
        Stub.of(
            HttpServletRequest.class,
            Map.of("isUserInRole", asked -> roles.contains((String) asked[0])));

    TurnCaller caller =
        TurnCaller.of(settings, REQUEST, ForwardedClient.of(REQUEST, List.of()), http);

    assertThat(caller.groups()).containsExactlyInAnyOrder("chat", "silver");
  }
}
