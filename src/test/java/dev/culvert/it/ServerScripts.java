package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Scripts of {@code server-config}, with the ports of a test in the place of theirs.
 *
 * @param directory below {@code server-config}
 * @param replacements what stands in the scripts, and what the test needs
 */
public record ServerScripts(String directory, Map<String, String> replacements) {

  private static final Path ALL = Path.of("server-config");

  /** The user that {@code login} lets in, and his password. */
  public static final String USER = "prometheus";

  /** Fit for WildFly's rules for passwords. */
  public static final String PASSWORD = "read-metr1cs";

  /** Replaces more. */
  public ServerScripts with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(replacements);
    all.putAll(more);
    return new ServerScripts(directory, all);
  }

  /**
   * Several scripts as one file.
   *
   * @param names of the files, in the order in which they are to run
   */
  public Path joined(List<String> names) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(Files.readString(ALL.resolve(directory).resolve(name), UTF_8)).append('\n');
    }
    String script = text.toString();
    for (Map.Entry<String, String> replacement : replacements.entrySet()) {
      script = script.replace(replacement.getKey(), replacement.getValue());
    }
    return Files.writeString(WorkDirectory.create("scripts").resolve(directory), script, UTF_8);
  }
}
