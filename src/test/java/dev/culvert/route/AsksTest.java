package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.RequestFeatures;
import dev.culvert.provider.lease.Lease;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which session a request belongs to. */
class AsksTest {

  private static final Settings SETTINGS =
      TestSettings.of("culvert.routes.chat.session", "header:X-Conversation, cookie:id, user");
  private static final Route ROUTE = SETTINGS.routes().get("chat");

  private static Optional<String> session(String user, String... headers) {
    RequestFeatures features = new RequestFeatures(Headers.of(headers), "10.0.0.1", user);
    return Asks.of(ROUTE, features, group -> false).session();
  }

  @Test
  void the_most_telling_property_names_it() {
    Optional<String> named = session("ann", "X-Conversation", "c", "Cookie", "id=1");

    assertThat(named).isEqualTo(session("ann", "X-Conversation", "c", "Cookie", "id=2"));
    assertThat(session("ann", "Cookie", "a=b; id=1")).isEqualTo(session("ann", "Cookie", "id=1"));
    assertThat(session("ann")).isPresent().isNotEqualTo(named);
  }

  @Test
  void a_request_without_any_is_one_of_its_own() {
    assertThat(session("")).isEmpty();
    assertThat(session("", "X-Conversation", "")).isEmpty();
  }

  @Test
  void two_users_have_two_sessions_of_one_name() {
    assertThat(session("ann", "X-Conversation", "c"))
        .isNotEqualTo(session("bob", "X-Conversation", "c"));
  }

  @Test
  void whatever_clients_send_it_is_an_id() {
    assertThat(session("", "X-Conversation", "ü \\n{}*".repeat(1_000)))
        .hasValueSatisfying(id -> assertThat(Lease.isId(id)).isTrue());
  }
}
