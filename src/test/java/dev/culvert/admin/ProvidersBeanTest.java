package dev.culvert.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.provider.Failure;
import dev.culvert.provider.ProviderRig;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** Providers as operators see them: over the MBean server. */
class ProvidersBeanTest {

  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private final ProviderRig rig = new ProviderRig();

  @Test
  void theyAreListedAndOrderedAbout() throws Exception {
    String name = ProvidersBean.name("server/app \"1\"");
    try (Registration registration =
        new Registration(ProvidersMXBean.class, new ProvidersBean(rig.providers()), name)) {
      assertThat(registration).isNotNull();
      ProvidersMXBean bean =
          JMX.newMXBeanProxy(SERVER, new ObjectName(name), ProvidersMXBean.class);

      rig.serve("s");
      assertThat(bean.list())
          .first()
          .isEqualTo(new ProviderInfo("a", true, false, "closed", 0, true, 0, 1, 1, 0, 1));

      bean.drain("a");
      assertThat(bean.list()).first().matches(ProviderInfo::draining);
      bean.disable("a");
      assertThat(bean.list()).first().matches(info -> !info.enabled() && !info.draining());
      bean.enable("a");
      assertThat(bean.list()).first().matches(ProviderInfo::enabled);

      assertThat(bean.forceRelease("a", "s")).isEqualTo(1);
      assertThat(bean.list()).first().matches(info -> info.sessions() == 0);
    }
    assertThat(SERVER.isRegistered(new ObjectName(name))).isFalse();
  }

  @Test
  void anOpenCircuitSaysForHowLong() {
    ProvidersBean bean = new ProvidersBean(rig.providers());

    for (int i = 0; i < 5; i++) {
      rig.attempt("s" + i).failed(Failure.of(Failure.Kind.RESET));
    }

    assertThat(bean.list())
        .first()
        .matches(info -> info.circuit().equals("open") && info.openSeconds() == 30);
  }

  @Test
  void aNameThatNoneHasIsRefused() {
    ProvidersBean bean = new ProvidersBean(rig.providers());

    assertThatThrownBy(() -> bean.disable("nobody"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("provider: nobody (expected: the name of an upstream)");
    assertThatThrownBy(() -> bean.forceRelease("nobody", "s"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aStoreThatDoesNotAnswerIsNotWaitedForLong() {
    rig.holdStore();

    assertThat(new ProvidersBean(rig.providers(), Duration.ofMillis(10)).list())
        .allMatch(info -> info.sessions() == -1);
  }
}
