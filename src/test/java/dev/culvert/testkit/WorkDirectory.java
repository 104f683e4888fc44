package dev.culvert.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where integration tests put their files: the directory of the property {@code culvert.work}. */
public final class WorkDirectory {

  private WorkDirectory() {}

  /** Makes a new directory whose name begins with a prefix. */
  public static Path create(String prefix) {
    try {
      Path work = Files.createDirectories(Path.of(required("culvert.work")).toAbsolutePath());
      return Files.createTempDirectory(work, prefix + "-");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Removes a directory with everything in it. */
  static void delete(Path directory) {
    try (Stream<Path> tree = Files.walk(directory)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * A system property that the build sets for integration tests.
   *
   * @throws IllegalStateException when it is missing
   */
  public static String required(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException(
          "system property " + property + ": missing (expected: set by the build, mvn verify)");
    }
    return value;
  }
}
