package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.culvert.host.HostRig.Opened;
import dev.culvert.host.dial.ScriptedServer;
import java.lang.management.ManagementFactory;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.NotificationFilter;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The host as JMX clients see it. One test at a time: the names are those of the JVM. */
class PublishedHostTest {

  private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
  private final HostRig rig = new HostRig();
  private final ScriptedServer server = rig.server();

  @Test
  void operatorsSeeAndCloseStreamsUntilTheDrainedHostEnds() throws Exception {
    ObjectName streams = new ObjectName(Host.STREAMS);
    ObjectName bridge = new ObjectName("dev.culvert:type=Bridge,protocol=" + rig.host.protocol());
    rig.host.publish();
    BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    NotificationListener listener = (event, handback) -> messages.add(event.getMessage());
    beans.addNotificationListener(streams, listener, null, null);
    long deployment = rig.deploy(server);
    Opened first = rig.open(deployment, server, "detached", true);
    Opened second = rig.open(deployment, server, "detached", true);

    assertThat(messages.poll(10, TimeUnit.SECONDS)).isEqualTo("id=" + first.id() + " route=route");
    assertThat(beans.getAttribute(bridge, "Host")).isSameAs(rig.host);
    assertThat(beans.getAttribute(streams, "Active")).isEqualTo(2);
    assertThat(beans.getAttribute(streams, "BytesToUpstream")).isEqualTo(16L);
    assertThat((CompositeData[]) beans.invoke(streams, "list", null, null))
        .extracting(data -> data.get("id"), data -> data.get("bytesToUpstream"))
        .containsExactly(tuple(first.id(), 8L), tuple(second.id(), 8L));
    assertThat(close(streams, first.id())).isEqualTo(1);
    first.assertHungUp();

    rig.host.undeploy(deployment);
    beans.invoke(bridge, "drain", null, null);
    assertThat(beans.isRegistered(bridge)).isFalse();
    assertThat(beans.isRegistered(streams)).isFalse();
    assertThat(beans.queryNames(new ObjectName(Host.STREAMS + ",draining=*"), null)).hasSize(1);
    second.exchange();

    second.client().close();
    second.upstream().close();
    Awaitility.await()
        .until(() -> beans.queryNames(new ObjectName(Host.STREAMS + ",*"), null).isEmpty());
    assertThat(beans.queryNames(new ObjectName("dev.culvert:type=Host,*"), null)).isEmpty();
  }

  @Test
  void aListenerThatBlocksHoldsUpNoStream() throws Exception {
    ObjectName streams = new ObjectName(Host.STREAMS);
    rig.host.publish();
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    NotificationListener listener =
        (event, handback) -> {
          blocked.countDown();
          await(gate);
        };
    beans.addNotificationListener(streams, listener, null, null);
    long deployment = rig.deploy(server);
    for (int i = 0; i < 4; i++) {
      rig.open(deployment, server).exchange();
    }

    assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
    gate.countDown();
    rig.close();
  }

  @Test
  void aNotificationForWhichThereIsNoThreadHarmsNoStream() throws Exception {
    ObjectName streams = new ObjectName(Host.STREAMS);
    rig.host.publish();
    NotificationFilter failing =
        event -> {
          throw new OutOfMemoryError("unable to create native thread");
        };
    beans.addNotificationListener(streams, (event, handback) -> {}, failing, null);
    long deployment = rig.deploy(server);
    Opened stream = rig.open(deployment, server);
    close(streams, stream.id());
    stream.assertHungUp();

    Awaitility.await().until(() -> beans.getAttribute(streams, "Active").equals(0));
    rig.close();
  }

  private static void await(CountDownLatch gate) {
    try {
      assertThat(gate.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Object close(ObjectName streams, String id) throws JMException {
    return beans.invoke(
        streams,
        "close",
        new Object[] {id, 1001, "by test"},
        new String[] {"java.lang.String", "int", "java.lang.String"});
  }
}
