package dev.culvert.route;

import dev.culvert.admin.StreamControl;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.StreamView;
import java.util.List;
import java.util.function.Predicate;

/** The live streams of a deployment's application, for its administrators. */
record GatewayStreams(Gateway gateway) implements StreamControl {

  private static final int GOING_AWAY = 1001;

  /** Those of other applications are none of their business. */
  @Override
  public List<StreamView> streams() {
    return gateway.host().streams().stream()
        .map(fields -> Fields.to(StreamView.class, fields))
        .filter(stream -> stream.application().equals(gateway.application()))
        .toList();
  }

  @Override
  public int close(Predicate<StreamView> which) {
    return streams().stream()
        .filter(stream -> stream.state().equals("open"))
        .filter(which)
        .mapToInt(this::close)
        .sum();
  }

  private int close(StreamView stream) {
    return gateway.host().close("id", stream.id(), GOING_AWAY, "closed by operator", "killed");
  }
}
