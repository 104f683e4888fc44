package dev.culvert.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.Protocol;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Boots real hosts in this JVM, from a jar of this build's classes. */
class HostFinderTest {

  private static final String BRIDGE = "dev.culvert:type=Bridge,protocol=";

  private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();

  @AfterEach
  void drainHosts() throws Exception {
    for (ObjectName bridge : beans.queryNames(new ObjectName(BRIDGE + "*"), null)) {
      beans.invoke(bridge, "drain", null, null);
    }
    Awaitility.await()
        .until(() -> beans.queryNames(new ObjectName("dev.culvert:type=Host,*"), null).isEmpty());
  }

  @Test
  void theFirstDeploymentBootsAHostAndTheNextOneFindsIt() throws Exception {
    HostBoundary first = finder(hostJar()).find();
    HostBoundary second = finder(new byte[0]).find();

    long one = first.deploy("app");
    long two = second.deploy("app");
    assertThat(two).isGreaterThan(one);
    second.undeploy(one);
    assertThatThrownBy(() -> first.retain(one, Set.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("deployment: %d (expected: one that is deployed)", one);
    first.undeploy(two);
  }

  @Test
  void theHostIsLoadedFromItsJarAndNotByTheApplication() throws Exception {
    finder(hostJar()).find();

    Object host = beans.getAttribute(bridge(Protocol.version()), "Host");
    ClassLoader loader = host.getClass().getClassLoader();
    assertThat(loader.getName()).isEqualTo("culvert-host");
    assertThat(loader).isNotSameAs(HostFinder.class.getClassLoader());
    assertThat(host).isNotInstanceOf(HostBoundary.class);
  }

  @Test
  void theProxyIsAnObjectLikeOthers() throws Exception {
    HostBoundary host = finder(hostJar()).find();

    HostBoundary other = finder(hostJar()).find();

    assertThat(new HashSet<>(List.of(host))).contains(host).doesNotContain(other);
    assertThat(host.toString()).startsWith("proxy of ");
  }

  @Test
  void aHostOfAnotherProtocolIsAskedToDrain() throws Exception {
    Old old = new Old();
    beans.registerMBean(old, bridge(Protocol.version() + 1000));

    finder(hostJar()).find();

    beans.unregisterMBean(bridge(Protocol.version() + 1000));
    assertThat(old.drained).isEqualTo(1);
  }

  @Test
  void aHostOfAnotherProtocolStaysWhenThisOneCannotBoot() throws Exception {
    Old old = new Old();
    beans.registerMBean(old, bridge(Protocol.version() + 1000));

    assertThatThrownBy(() -> finder(new byte[0]).find()).isInstanceOf(IllegalStateException.class);

    beans.unregisterMBean(bridge(Protocol.version() + 1000));
    assertThat(old.drained).isZero();
  }

  @Test
  void withoutTheHostJarTheDeploymentFails() {
    assertThatThrownBy(() -> new HostFinder("1", () -> null).find())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("WEB-INF/host/culvert-host.jar is missing from the WAR");
  }

  @Test
  void aHostJarWithoutItsLoaderFailsTheDeployment() {
    assertThatThrownBy(() -> finder(new byte[0]).find())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("jakarta/servlet/CulvertLoader.class is missing");
  }

  @Test
  void aHostThatLacksAMethodIsRefused() {
    assertThatThrownBy(() -> HostProxy.of("not a host")).isInstanceOf(NoSuchMethodException.class);
  }

  private static HostFinder finder(byte[] jar) {
    return new HostFinder("test", () -> new ByteArrayInputStream(jar));
  }

  private static ObjectName bridge(int protocol) throws Exception {
    return new ObjectName(BRIDGE + protocol);
  }

  /** What the build puts into the WAR. */
  private static byte[] hostJar() throws IOException, URISyntaxException {
    Path classes =
        Path.of(HostFinder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(jar)) {
      for (String folder : List.of("dev/culvert/boundary", "dev/culvert/host", "jakarta")) {
        add(zip, classes, classes.resolve(folder));
      }
    }
    return jar.toByteArray();
  }

  private static void add(ZipOutputStream zip, Path root, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(root.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }

  /** A host of a later version. */
  public interface OldMBean {
    void drain();
  }

  /** Its bridge. */
  public static final class Old implements OldMBean {
    private int drained;

    @Override
    public void drain() {
      drained++;
    }
  }
}
