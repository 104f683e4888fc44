package dev.culvert.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MXBean;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import org.junit.jupiter.api.Test;

/** What consoles see of operations. */
class NamedParametersTest {

  /** Operations of one name. */
  @MXBean
  public interface Lamp {
    String set(String colour);

    String set(String colour, int brightness);
  }

  private static final class Told extends NotificationBroadcasterSupport implements Lamp {
    @Override
    public String set(String colour) {
      sendNotification(new Notification("set", this, 1));
      return colour;
    }

    @Override
    public String set(String colour, int brightness) {
      return colour + brightness;
    }
  }

  private final Told lamp = new Told();
  private final NamedParameters bean = NamedParameters.of(Lamp.class, lamp);

  private static String signature(MBeanOperationInfo operation) {
    return operation.getName()
        + Arrays.stream(operation.getSignature()).map(MBeanParameterInfo::getName).toList();
  }

  @Test
  void parameters_have_the_names_of_the_interface() {
    assertThat(bean.getMBeanInfo().getOperations())
        .extracting(NamedParametersTest::signature)
        .containsExactlyInAnyOrder("set[colour]", "set[colour, brightness]");
  }

  @Test
  void operations_are_the_beans() throws Exception {
    Object done =
        bean.invoke("set", new Object[] {"red", 7}, new String[] {String.class.getName(), "int"});

    assertThat(done).isEqualTo("red7");
  }

  @Test
  void so_are_its_notifications() {
    AtomicReference<String> heard = new AtomicReference<>();
    bean.addNotificationListener((told, unused) -> heard.set(told.getType()), null, null);

    assertThat(lamp.set("red")).isEqualTo("red");

    assertThat(heard).hasValue("set");
  }

  @Test
  void what_is_no_mxbean_interface_is_refused() {
    assertThatThrownBy(() -> NamedParameters.of(Told.class, lamp))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
