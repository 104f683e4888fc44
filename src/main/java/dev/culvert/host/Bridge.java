package dev.culvert.host;

import java.util.Map;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.ReflectionException;

/**
 * By which deployments find the host: an MBean that hands out the host object itself. This form is
 * the same for all versions, so that any gateway can read any host's protocol and ask it to drain.
 */
final class Bridge implements DynamicMBean {

  private static final String DRAIN = "drain";

  private final Host host;
  private final Map<String, Object> attributes;

  Bridge(Host host) {
    this.host = host;
    this.attributes = Map.of("Host", host, "Protocol", host.protocol(), "Version", host.version());
  }

  @Override
  public Object getAttribute(String name) throws AttributeNotFoundException {
    Object value = attributes.get(name);
    if (value == null) {
      throw new AttributeNotFoundException(name);
    }
    return value;
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    AttributeList list = new AttributeList();
    for (String name : names) {
      if (attributes.containsKey(name)) {
        list.add(new Attribute(name, attributes.get(name)));
      }
    }
    return list;
  }

  @Override
  public Object invoke(String action, Object[] parameters, String[] signature)
      throws ReflectionException {
    if (!action.equals(DRAIN)) {
      throw new ReflectionException(new NoSuchMethodException(action));
    }
    host.drain();
    return null;
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    throw new AttributeNotFoundException(attribute.getName() + " is read-only");
  }

  @Override
  public AttributeList setAttributes(AttributeList list) {
    return new AttributeList();
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    MBeanAttributeInfo[] infos =
        attributes.entrySet().stream()
            .map(
                e ->
                    new MBeanAttributeInfo(
                        e.getKey(), e.getValue().getClass().getName(), "", true, false, false))
            .toArray(MBeanAttributeInfo[]::new);
    MBeanOperationInfo drain =
        new MBeanOperationInfo(
            DRAIN,
            "A newer host takes over; this one ends with its last stream",
            null,
            "void",
            MBeanOperationInfo.ACTION);
    return new MBeanInfo(
        Bridge.class.getName(),
        "Culvert's host",
        infos,
        null,
        new MBeanOperationInfo[] {drain},
        null);
  }
}
