package dev.culvert.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/** The flags that {@code java -jar} takes from the manifest of a jar. */
final class ModuleFlags {

  private static final Pattern SPACE = Pattern.compile(" +");

  private ModuleFlags() {}

  static List<String> of(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Attributes manifest = file.getManifest().getMainAttributes();
      List<String> flags = new ArrayList<>();
      for (String name : List.of("Add-Exports", "Add-Opens")) {
        String option = "--" + name.toLowerCase(Locale.ROOT) + "=";
        SPACE
            .splitAsStream(manifest.getValue(name))
            .forEach(target -> flags.add(option + target + "=ALL-UNNAMED"));
      }
      return flags;
    }
  }
}
