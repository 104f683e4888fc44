package dev.culvert.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Programs that the tests need from outside. Where one is missing the test is skipped, but with
 * {@code CI=true} in the environment it fails: CI has to have them all.
 */
final class Tools {

  private static final long LIMIT_SECONDS = 180;
  private static final List<String> NODE_FILES =
      List.of("package.json", "package-lock.json", "client.mjs", "upstream.mjs", "openai.mjs");

  /** Guarded by the class. */
  private static Optional<Path> node = Optional.empty();

  /** Answers of {@link #check} by commands; guarded by the class. */
  private static final Map<List<String>, String> PROBLEMS = new HashMap<>();

  private Tools() {}

  /** Where Node's scripts and their packages are, installed at the first call. */
  static synchronized Path node() throws IOException, InterruptedException {
    if (node.isEmpty()) {
      node = Optional.of(installed());
    }
    return node.get();
  }

  private static Path installed() throws IOException, InterruptedException {
    require("node", "Node.js 18 or later, with npm", "node", "--version");
    Path directory = WorkDirectory.create("node");
    for (String file : NODE_FILES) {
      copy(file, directory);
    }
    String npm = "npm, with access to a registry";
    require("npm", npm, "npm", "ci", "--ignore-scripts", "--prefix", directory.toString());
    return directory;
  }

  /** Python's interpreter, with the package websockets, and the client's script. */
  static List<String> python() throws IOException, InterruptedException {
    // Debian's own, where another one stands before it in the path.
    String debian = "/usr/bin/python3";
    String python = Files.isExecutable(Path.of(debian)) ? debian : "python3";
    require("python", "Python 3 with websockets", python, "-c", "import websockets");
    return List.of(python, "-u", copy("client.py", WorkDirectory.create("python")).toString());
  }

  /** Chromium's program. */
  static String chromium() throws IOException, InterruptedException {
    require("chromium", "Chromium", "chromium", "--version");
    return "chromium";
  }

  private static Path copy(String resource, Path directory) throws IOException {
    try (InputStream in = Tools.class.getResourceAsStream(resource)) {
      Path file = directory.resolve(resource);
      Files.copy(in, file);
      return file;
    }
  }

  private static synchronized void require(String name, String expected, String... command)
      throws IOException, InterruptedException {
    String problem = PROBLEMS.get(List.of(command));
    if (problem == null) {
      problem = check(WorkDirectory.create(name).resolve("check.txt"), command);
      PROBLEMS.put(List.of(command), problem);
    }
    if (problem.isEmpty()) {
      return;
    }
    String message = name + ": " + problem + " (expected: " + expected + ")";
    if (Boolean.parseBoolean(System.getenv("CI"))) {
      fail(message);
    }
    abort(message);
  }

  /** Why a command does not succeed; empty when it does. */
  private static String check(Path output, String... command)
      throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException absent) {
      return absent.getMessage();
    }
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return "not done after " + LIMIT_SECONDS + " s";
    }
    return process.exitValue() == 0 ? "" : new String(Files.readAllBytes(output), UTF_8);
  }
}
