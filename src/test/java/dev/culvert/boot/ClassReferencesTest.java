package dev.culvert.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ClassReferencesTest {

  @Test
  void namesWhatTheCodeUsesAndTheTypesOfWhatItCalls() throws IOException {
    assertThat(ClassReferences.of(classFile()))
        .contains(
            "java.util.concurrent.ConcurrentSkipListSet", // made
            "java.util.Locale", // type of a field and a parameter
            "dev.culvert.boot.Farewell$Speaker", // of arrays
            "java.lang.String",
            "java.util.function.Supplier")
        .noneMatch(name -> name.contains("/") || name.contains("[") || name.contains(";"));
  }

  @Test
  void whatIsNoClassFileIsRefused() throws IOException {
    byte[] cutOff = Arrays.copyOf(classFile(), 9);

    assertThatThrownBy(() -> ClassReferences.of(cutOff)).hasMessage("class file is cut off");
    assertThatThrownBy(() -> ClassReferences.of(new byte[16])).hasMessage("not a class file");
  }

  private static byte[] classFile() throws IOException {
    try (InputStream in = Farewell.class.getResourceAsStream("Farewell.class")) {
      return in.readAllBytes();
    }
  }
}
