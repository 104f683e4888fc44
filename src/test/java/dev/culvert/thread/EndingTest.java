package dev.culvert.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndingTest {

  @Test
  void eachStepIsTakenWhateverBecameOfThoseBefore() {
    List<String> taken = new ArrayList<>();
    Ending ending =
        new Ending()
            .step("first", () -> taken.add("first"))
            .step("fails", () -> fail(taken, new IllegalStateException("a fault")))
            .step("is not linked", () -> fail(taken, new BootstrapMethodError("a class is gone")))
            .step("last", () -> taken.add("last"));

    ending.run();

    assertThat(taken).containsExactly("first", "a fault", "a class is gone", "last");
  }

  private static void fail(List<String> taken, RuntimeException fault) {
    taken.add(fault.getMessage());
    throw fault;
  }

  private static void fail(List<String> taken, Error fault) {
    taken.add(fault.getMessage());
    throw fault;
  }
}
