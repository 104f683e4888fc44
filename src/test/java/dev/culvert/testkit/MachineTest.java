package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {

  @TempDir private Path proc;

  @BeforeEach
  void makeDirectory() throws IOException {
    Files.createDirectory(proc.resolve("pressure"));
  }

  @Test
  void tellsTheLoadAndWhatProcessorsDidSinceItWasMade() throws IOException {
    write("loadavg", "0.15 0.39 1.39 2/91 19715\n");
    write("stat", "cpu  1000 0 500 2000 300 0 20 40 7 7\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    Machine machine = new Machine(proc);
    write("stat", "cpu  1050 0 520 2040 360 0 20 70 99 99\ncpu0 2 2 2 2 2 2 2 2 2 2\n");

    assertThat(machine.describe())
        .isEqualTo(
            "machine: load 0.15 0.39 1.39 2/91;"
                + " processors 20 % idle, 30 % waiting for I/O, 15 % stolen");
  }

  @Test
  void tellsThePressures() throws IOException {
    write("pressure/cpu", "some avg10=6.80 avg60=1.80 avg300=3.88 total=4245261652\n");
    write(
        "pressure/io",
        """
        some avg10=21.71 avg60=5.63 avg300=1.88 total=150350291
        full avg10=21.59 avg60=5.59 avg300=1.31 total=31692913
        """);

    assertThat(new Machine(proc).describe())
        .isEqualTo("machine: pressure (some/full, 10 s) cpu 6.80, io 21.71/21.59");
  }

  @Test
  void tellsNothingWhereThereIsNothing() {
    assertThat(new Machine(proc).describe()).isEqualTo("machine: ");
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(proc.resolve(file), content);
  }
}
