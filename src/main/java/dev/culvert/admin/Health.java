package dev.culvert.admin;

import dev.culvert.provider.CircuitState;
import dev.culvert.provider.ProviderView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a deployment does what it is there for.
 *
 * @param store what counts sessions: {@code memory} or {@code redis}
 * @param answers whether it answers for all upstreams
 * @param admits whether sessions are admitted, for some upstreams at least
 * @param upstreams those that requests can go to
 */
public record Health(String store, boolean answers, boolean admits, List<ProviderView> upstreams) {

  /**
   * Whether another node would serve better: this one admits nobody for want of the store. What
   * becomes of upstreams is the same for all nodes, and does not count.
   */
  boolean isUp() {
    return admits;
  }

  /** For {@link Json#of}. */
  Map<String, Object> report() {
    Map<String, Object> leases = new LinkedHashMap<>();
    leases.put("status", status(isUp()));
    leases.put("store", store);
    leases.put("answers", answers);
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("status", status(isUp()));
    report.put("leases", leases);
    List<Map<String, Object>> each = new ArrayList<>();
    upstreams.forEach(view -> each.add(report(view)));
    report.put("upstreams", each);
    return report;
  }

  private static Map<String, Object> report(ProviderView view) {
    boolean up = view.enabled() && view.well() && view.circuit() != CircuitState.OPEN;
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("name", view.name());
    report.put("status", status(up));
    report.put("enabled", view.enabled());
    report.put("draining", view.draining());
    report.put("well", view.well());
    report.put("circuit", view.circuit().label());
    report.put("openSeconds", view.open().toMillis() / 1000.0);
    report.put("restingSeconds", view.resting().toMillis() / 1000.0);
    report.put("streams", view.streams());
    return report;
  }

  private static String status(boolean up) {
    return up ? "UP" : "DOWN";
  }
}
