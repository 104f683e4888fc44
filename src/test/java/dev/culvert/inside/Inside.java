package dev.culvert.inside;

import dev.culvert.testkit.FreePort;
import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.extension.ExtendWith;

/** Marks a class whose tests run in the server, inside the WAR. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({FreePorts.class, ArquillianExtension.class})
@interface Inside {

  /** The WAR that the build made, with a configuration and with what tests need. */
  final class War {
    private War() {}

    static WebArchive configured(Map<String, String> keys) {
      String properties =
          keys.entrySet().stream()
              .map(key -> key.getKey() + "=" + key.getValue())
              .collect(Collectors.joining("\n"));
      return ShrinkWrap.createFromZipFile(
              WebArchive.class, new File(System.getProperty("culvert.war")))
          .addAsResource(new StringAsset(properties), "META-INF/microprofile-config.properties")
          .addAsLibraries(jarOf(Assertions.class))
          .addClasses(Inside.class, FreePorts.class, FreePort.class);
    }

    private static File jarOf(Class<?> type) {
      return new File(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
  }
}
