package dev.culvert.route;

import dev.culvert.config.Account;
import dev.culvert.config.Settings;
import java.util.Optional;

/** Finds accounts as they are now: what a request began with may be another credential. */
final class CurrentAccounts {

  private CurrentAccounts() {}

  /**
   * The account of a name.
   *
   * @param begun what the request began with
   */
  static Optional<Account> find(Gateway gateway, Settings begun, String name) {
    return Optional.ofNullable(gateway.configuration().settings().accounts().get(name))
        .or(() -> Optional.ofNullable(begun.accounts().get(name)));
  }
}
