package dev.culvert.route;

import dev.culvert.admin.PoolControl;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.SocketInfo;
import dev.culvert.config.Settings;
import dev.culvert.turn.Accounts;
import java.util.List;
import java.util.OptionalInt;

/** The pool of a deployment's application, for its administrators. */
record GatewayPool(Gateway gateway) implements PoolControl {

  @Override
  public List<SocketInfo> sockets() {
    return gateway.host().sockets(gateway.deployment()).stream()
        .map(fields -> Fields.to(SocketInfo.class, fields))
        .toList();
  }

  @Override
  public OptionalInt evict(String account) {
    Settings settings = gateway.configuration().settings();
    boolean hasSockets = sockets().stream().anyMatch(socket -> socket.account().equals(account));
    int evicted = gateway.host().evict(gateway.deployment(), account);
    boolean known =
        hasSockets
            || settings.accounts().containsKey(account)
            || Accounts.fingerprints(settings).containsKey(account);
    return known ? OptionalInt.of(evicted) : OptionalInt.empty();
  }
}
