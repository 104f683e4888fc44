package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.LeaseId;
import dev.culvert.boundary.LeaseSpec;
import dev.culvert.host.lease.LeaseBook;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.StoreKind;
import dev.culvert.provider.lease.redis.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** What a host does about leases, for one deployment; and what the store of the leases counts. */
final class BookHost {

  private static final long OWNER = 1;

  private final LeaseBook book = new LeaseBook(System::nanoTime, owner -> true);
  private final String prefix = "culvert-" + UUID.randomUUID();
  private final StoreKind stores;

  /** Told of the provider when the host is asked for a lease; may throw. */
  volatile Consumer<String> whenAsked = provider -> {};

  BookHost(StoreKind stores) {
    this.stores = stores;
  }

  /** These keys and values, and those that name the store. */
  String[] with(String... keysAndValues) {
    List<String> all = new ArrayList<>(Arrays.asList(keysAndValues));
    stores.servers().stream()
        .findFirst()
        .ifPresent(
            first -> {
              all.addAll(List.of("culvert.sessions.store", "redis"));
              all.addAll(
                  List.of("culvert.sessions.redis.url", "redis://127.0.0.1:" + first.port()));
              all.addAll(List.of("culvert.sessions.redis.prefix", prefix));
            });
    return all.toArray(new String[0]);
  }

  /** Answers for the host. */
  void into(Map<String, Function<Object[], Object>> host) {
    host.put("leases", this::configure);
    host.put("acquireLease", this::acquire);
    host.put("releaseLease", arguments -> book.release(id(arguments)));
    host.put("renewLeases", arguments -> fields(book.renew(OWNER)));
    host.put("owedReleases", arguments -> fields(book.owed((int) arguments[1])));
    host.put("releasesTold", this::told);
    host.put("undeploy", this::undeploy);
  }

  private Object configure(Object[] arguments) {
    Map<String, Object> fields = new HashMap<>();
    ((Map<?, ?>) arguments[1]).forEach((name, value) -> fields.put((String) name, value));
    LeaseSpec spec = Fields.to(LeaseSpec.class, fields);
    book.configure(spec.remote(), TimeUnit.MILLISECONDS.toNanos(spec.ttlMillis()));
    return null;
  }

  private Object acquire(Object[] arguments) {
    whenAsked.accept((String) arguments[1]);
    return book.acquire(OWNER, id(arguments), (int) arguments[4]);
  }

  private static LeaseId id(Object[] arguments) {
    return new LeaseId((String) arguments[1], (String) arguments[2], (String) arguments[3]);
  }

  private static List<Map<String, Object>> fields(List<LeaseId> leases) {
    return leases.stream().map(Fields::of).toList();
  }

  private Object undeploy(Object[] arguments) {
    book.end(OWNER);
    return null;
  }

  private Object told(Object[] arguments) {
    book.told(((List<?>) arguments[1]).stream().map(String.class::cast).toList());
    return null;
  }

  /** The leases that the store itself has, once it has been told of all releases so far. */
  Set<Lease> counted() {
    if (stores == StoreKind.MEMORY) {
      return book.renew(OWNER).stream()
          .map(id -> new Lease(id.provider(), id.session(), id.token()))
          .collect(Collectors.toSet());
    }
    Awaitility.await("releases that Redis is owed")
        .pollInterval(Duration.ofMillis(1))
        .pollDelay(Duration.ZERO)
        .until(() -> book.owed(1).isEmpty());
    return new RedisKeys(stores.servers(), prefix).leases();
  }
}
