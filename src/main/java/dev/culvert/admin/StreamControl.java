package dev.culvert.admin;

import dev.culvert.boundary.StreamView;
import java.util.List;
import java.util.function.Predicate;

/** What administrators may do with the application's live streams. Safe for use by any thread. */
public interface StreamControl {

  /** All of them, those of earlier deployments included; not those of a host that drains. */
  List<StreamView> streams();

  /**
   * Closes streams with a close handshake, which goes on when this returns.
   *
   * @return how many began to close
   */
  int close(Predicate<StreamView> which);
}
