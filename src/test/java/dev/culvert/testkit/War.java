package dev.culvert.testkit;

import dev.culvert.testkit.app.BasicAuthentication;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** A WAR to deploy in a test, the built one or a variant of it. Immutable. */
public final class War {

  private static final String CLASSES = "WEB-INF/classes/";
  private static final String CONFIG = CLASSES + "META-INF/microprofile-config.properties";

  private static final String PROTOCOL = "dev/culvert/boundary/protocol.properties";

  /** Read once: most tests deploy a variant of it. */
  private static final class Built {
    static final War WAR = new War(Archive.read(Path.of(WorkDirectory.required("culvert.war"))));
  }

  private final Archive archive;

  private War(Archive archive) {
    this.archive = archive;
  }

  /** The WAR that the build made. */
  public static War culvert() {
    return Built.WAR;
  }

  /** A WAR with nothing in it, to be filled by the test. */
  public static War empty() {
    return new War(Archive.EMPTY);
  }

  /** Adds or replaces an entry, for example {@code WEB-INF/web.xml}. */
  public War with(String path, String content) {
    return new War(archive.with(path, content));
  }

  /** Adds top-level classes of the test tree with all classes nested in them. */
  public War withClasses(Class<?>... classes) {
    return new War(archive.withClasses(CLASSES, classes));
  }

  /** Sets the configuration that travels in the WAR, replacing what was there. */
  public War withConfig(Map<String, String> properties) {
    return with(
        CONFIG,
        properties.entrySet().stream()
            .map(entry -> escaped(entry.getKey()) + "=" + escaped(entry.getValue()))
            .sorted()
            .collect(Collectors.joining("\n", "", "\n")));
  }

  /** Makes gateway and host speak another version of the protocol between them. */
  public War withProtocol(int version) {
    String content = "protocol=" + version + "\n";
    return new War(
        archive
            .with(CLASSES + PROTOCOL, content)
            .within("WEB-INF/host/culvert-host.jar", host -> host.with(PROTOCOL, content)));
  }

  /** Adds HTTP Basic authentication with the users of {@link BasicAuthentication}. */
  public War withBasicAuthentication() {
    return withClasses(BasicAuthentication.class);
  }

  /** Writes a WAR file into the work directory. */
  public Path packed() {
    return archive.pack(WorkDirectory.create("war").resolve("test.war"));
  }

  /** Writes a WAR file. */
  public Path packed(Path file) {
    return archive.pack(file);
  }

  /**
   * Writes an exploded WAR.
   *
   * @param directory may exist; files that are there stay
   */
  public Path exploded(Path directory) {
    return archive.explode(directory);
  }

  /** Writes an exploded WAR into the work directory. */
  public Path exploded() {
    return archive.explode(WorkDirectory.create("war"));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("=", "\\=").replace(":", "\\:").replace("\n", "\\n");
  }
}
