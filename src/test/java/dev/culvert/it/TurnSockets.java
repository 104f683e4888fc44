package dev.culvert.it;

import dev.culvert.sim.SimRequest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** Tests with WebSocket clients of routes in mode {@code turns}. */
abstract class TurnSockets extends SimulatedTurns {

  static final String DELTA = "response.output_text.delta";

  /** Of the events of a whole turn. */
  static final List<String> TYPES =
      List.of(
          "response.created",
          "response.in_progress",
          "response.output_item.added",
          DELTA,
          DELTA,
          "response.completed");

  /** However its clients went. */
  @AfterAll
  static void nothing_stays() {
    application.undeploy();
    Loaders.await(application.server().jvm(), 0, "the end of the class loader");
  }

  static TurnSocketPeer connect() throws Exception {
    return TurnSocketPeer.connect(application, "/v1/responses");
  }

  /** What the upstream was asked on the connections of this test. */
  List<SimRequest> requests() {
    return upstream.requests().stream().filter(r -> r.connection() > before).toList();
  }
}
