package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ProcessesTest {

  private static final List<Long> SELF = List.of(ProcessHandle.current().pid());

  @Test
  void knowsTheCpuTimeOfThisProcess() {
    assertThat(Processes.cpu(SELF)).isPositive();
  }

  @Test
  void knowsTheMemoryOfThisProcess() {
    assertThat(Processes.resident(SELF))
        .isBetween(1_000_000L, Runtime.getRuntime().maxMemory() * 100);
  }

  @Test
  void sumsOverProcesses() {
    List<Long> twice = List.of(SELF.get(0), SELF.get(0));

    assertThat(Processes.resident(twice)).isGreaterThan(Processes.resident(SELF));
  }

  @Test
  void namesAProcessThatIsGone() {
    assertThatThrownBy(() -> Processes.cpu(List.of(Long.MAX_VALUE)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("process: 9223372036854775807 is gone");
  }

  @Test
  void findsAProgramAndItsChildren(@TempDir Path directory) throws IOException {
    List<String> command = List.of("sh", "-c", "sleep 60 & sleep 60 & echo; wait");
    try (Child child = Child.startTalking(directory, command)) {
      assertThat(child.process().getInputStream().read()).isEqualTo('\n');

      assertThat(child.pids()).hasSize(3).contains(child.process().pid());
    }
  }

  @Test
  void childrenEndWithTheirOwner(@TempDir Path directory) throws IOException {
    Child child = Child.start(directory, Map.of(), List.of("sh", "-c", "sleep 60; true"));

    child.close();

    assertThat(child.process().isAlive()).isFalse();
  }

  @Test
  void readsTheTotalOfAClassHistogram() {
    String histogram =
        """
         num     #instances         #bytes  class name
           1:         12345        1234560  [B (java.base)
        Total        12399        1239999
        """;

    assertThat(JavaHeap.total(histogram)).isEqualTo(1_239_999);
  }

  @Test
  void collectsGarbageInAnotherJvm() {
    assertThat(JavaHeap.collect(SELF.get(0))).isPositive();
  }
}
