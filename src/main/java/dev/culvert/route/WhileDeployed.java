package dev.culvert.route;

import java.util.Optional;
import java.util.function.Supplier;

/** Questions to the host that it does not take any more once the deployment has ended. */
final class WhileDeployed {

  private WhileDeployed() {}

  /** The answer; empty when the deployment has ended, or the answer is null. */
  static <T> Optional<T> ask(Supplier<T> question) {
    try {
      return Optional.ofNullable(question.get());
    } catch (IllegalStateException ended) {
      return Optional.empty();
    }
  }

  /** Does nothing when the deployment has ended. */
  static void run(Runnable order) {
    Optional<Boolean> unused =
        ask(
            () -> {
              order.run();
              return true;
            });
  }
}
