package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Settings;
import org.junit.jupiter.api.Test;

/** Roles that a server has to know of before somebody can be in them. */
class DeclaredRolesTest {

  private static final Settings SETTINGS =
      TestSettings.of(
          "culvert.admin.roles", "operator",
          "culvert.admin.read-roles", "watcher",
          "culvert.routes.chat.roles", "member, **",
          "culvert.upstreams.up.groups", "chat, gold");

  @Test
  void areThoseOfAdministratorsAndRoutesAndTheGroupsOfUpstreams() {
    assertThat(DeclaredRoles.of(SETTINGS).names())
        .containsExactlyInAnyOrder("operator", "watcher", "member", "chat", "gold");
  }

  @Test
  void aGroupThatCameTooLateIsMissing() {
    Settings before = TestSettings.of("culvert.routes.chat.roles", "member, operator, chat");

    assertThat(DeclaredRoles.of(before).missing(SETTINGS))
        .containsExactlyInAnyOrder("gold", "watcher");
  }
}
