package dev.culvert.host.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.Dialer;
import jakarta.servlet.CulvertLoader;
import jakarta.websocket.WebSocketContainer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.awaitility.Awaitility;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.container.jdk.client.JdkClientContainer;
import org.glassfish.tyrus.core.TyrusSession;
import org.glassfish.tyrus.spi.ClientContainer;
import org.junit.jupiter.api.Test;

/** The host's loader gives it copies of Tyrus and its API, whatever the server has. */
class OwnTyrusTest {

  @Test
  void theHostUsesItsOwnCopyThroughout() throws Exception {
    CulvertLoader loader = new CulvertLoader(getClass().getClassLoader(), files());

    Class<?> dialers = loader.loadClass(TyrusDialer.class.getName());
    Object dialer = dialers.getMethod("create", int.class).invoke(null, 1_000);

    Field field = dialers.getDeclaredField("client");
    field.setAccessible(true);
    Object client = field.get(dialer);
    assertThat(client).isNotInstanceOf(ClientManager.class);
    assertThat(client.getClass().getClassLoader()).isSameAs(loader);
    assertThat(client).isInstanceOf(loader.loadClass(WebSocketContainer.class.getName()));
    dialers.getMethod("close").invoke(dialer);
  }

  @Test
  void noThreadOfItStaysBehindTheEndOfTheHost() throws Exception {
    CulvertLoader loader = new CulvertLoader(getClass().getClassLoader(), files());
    Class<?> dialers = loader.loadClass(TyrusDialer.class.getName());
    Object dialer = dialers.getMethod("create", int.class).invoke(null, 1_000);
    assertThat(threadsOf(loader)).contains("tyrus-jdk-container-idle-timeout");

    dialers.getMethod("end").invoke(dialer);

    Awaitility.await().untilAsserted(() -> assertThat(threadsOf(loader)).isEmpty());
  }

  private static List<String> threadsOf(ClassLoader loader) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getContextClassLoader() == loader)
        .map(Thread::getName)
        .toList();
  }

  @Test
  void messagesOfTyrusAreFound() throws Exception {
    CulvertLoader loader = new CulvertLoader(getClass().getClassLoader(), files());

    Object message =
        loader
            .loadClass("org.glassfish.tyrus.core.l10n.LocalizationMessages")
            .getMethod("CONNECTION_NULL")
            .invoke(null);

    assertThat(message).asString().contains("Connection");
  }

  @Test
  void servicesOfTheServerAreNotTheHosts() throws Exception {
    CulvertLoader loader = new CulvertLoader(getClass().getClassLoader(), files());
    String services = "META-INF/services/jakarta.websocket.ContainerProvider";

    assertThat(getClass().getClassLoader().getResources(services).hasMoreElements()).isTrue();
    assertThat(loader.getResources(services).hasMoreElements()).isFalse();
  }

  /** What the build puts into the host jar, as far as this needs it. */
  private static Map<String, byte[]> files() throws IOException, URISyntaxException {
    Map<String, byte[]> files = new HashMap<>();
    for (Class<?> library :
        List.of(
            ClientManager.class,
            TyrusSession.class,
            ClientContainer.class,
            JdkClientContainer.class,
            WebSocketContainer.class)) {
      unzip(location(library), files);
    }
    Path classes = location(Dialer.class);
    try (Stream<Path> all = Files.walk(classes)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(classes.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static Path location(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static void unzip(Path jar, Map<String, byte[]> files) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), zip.readAllBytes());
      }
    }
  }
}
