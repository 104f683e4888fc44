package dev.culvert.host;

import dev.culvert.boundary.StreamView;
import dev.culvert.host.relay.Stream;
import dev.culvert.host.relay.StreamEnd;
import dev.culvert.host.relay.StreamListener;
import dev.culvert.host.relay.StreamResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import javax.management.MBeanNotificationInfo;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;

final class StreamsBean extends NotificationBroadcasterSupport
    implements StreamsMXBean, StreamListener {

  private static final String OPENED = "dev.culvert.stream.opened";
  private static final String CLOSED = "dev.culvert.stream.closed";
  private static final String[] TYPES = {OPENED, CLOSED};
  private static final int GOING_AWAY = 1001;
  private static final String BY_OPERATOR = "closed by operator";

  private final Host host;
  private final Ledger ledger;
  private final NotificationRate rate;

  StreamsBean(Host host, Ledger ledger, NotificationRate rate, Executor executor) {
    super(
        executor,
        new MBeanNotificationInfo(
            TYPES, Notification.class.getName(), "A stream opened or closed; user data: its id"));
    this.host = host;
    this.ledger = ledger;
    this.rate = rate;
  }

  @Override
  public int getActive() {
    return ledger.size();
  }

  @Override
  public Map<String, Long> getEnded() {
    return ledger.results();
  }

  @Override
  public long getBytesToUpstream() {
    return ledger.bytes("to_upstream");
  }

  @Override
  public long getBytesFromUpstream() {
    return ledger.bytes("from_upstream");
  }

  @Override
  public List<StreamView> list() {
    return ledger.live().stream().map(Stream::view).toList();
  }

  @Override
  public int close(String id, int code, String reason) {
    String sent = reason == null ? "" : reason; // consoles leave an empty field out
    return host.close("id", id, code, sent, StreamResult.KILLED.label());
  }

  @Override
  public int closeByUpstream(String upstream) {
    return closeBy("upstream", upstream);
  }

  @Override
  public int closeByRoute(String route) {
    return closeBy("route", route);
  }

  @Override
  public int closeByUser(String user) {
    return closeBy("user", user);
  }

  @Override
  public int closeAll() {
    return closeBy("all", "");
  }

  private int closeBy(String by, String value) {
    return host.close(by, value, GOING_AWAY, BY_OPERATOR, StreamResult.KILLED.label());
  }

  @Override
  public int reload() {
    return host.reload();
  }

  @Override
  public void opened(Stream stream) {
    send(OPENED, stream, "");
  }

  @Override
  public void ended(Stream stream, StreamEnd end) {
    send(CLOSED, stream, " result=" + end.result().label() + " code=" + end.status().code());
  }

  private void send(String type, Stream stream, String detail) {
    rate.next()
        .ifPresent(
            permit -> {
              String message =
                  "id=" + stream.id() + " route=" + stream.spec().route() + detail + permit.note();
              Notification notification =
                  new Notification(
                      type, Host.STREAMS, permit.sequence(), System.currentTimeMillis(), message);
              notification.setUserData(stream.id());
              sendNotification(notification);
            });
  }
}
